"""Everything that the index shows: a row per family, a line per workload, for every loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.family import Case, Family, loops_in_order
from reports.measured import Measurements
from reports.provenance import RawFile, check_command, context, facts, preliminary, raw_files, slugs
from reports.safety_page import all_surprises
from reports.sentences import no_verdict
from reports.table import CLASSES
from reports.wording import TIMES, times


@dataclass(frozen=True, slots=True)
class Line:
    """The pick of one workload on one loop; ``reason`` says why there is none."""

    workload: str
    anchor: str
    pick: str | None
    reason: str
    ratio: str
    interval: str
    word: str
    word_class: str
    ties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One family."""

    name: str
    href: str
    question: str
    safety: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class IndexView:
    """The index page."""

    loops: tuple[tuple[str, str], ...]
    tables: tuple[tuple[str, tuple[IndexRow, ...]], ...]
    families: int
    surprises: int
    context: list[str]
    preliminary: str
    problems: tuple[str, ...]
    facts: list[tuple[str, str]]
    command: str
    check: str
    files: list[RawFile]


def index_view(
    measurements: Measurements, families: Sequence[Family], files: Mapping[str, Mapping[str, str]]
) -> IndexView:
    """Gather the index; ``files`` maps a family and a loop to the page's file."""
    used = {loop for family in families for loop in family.loops}
    loops = [loop for loop in loops_in_order(measurements) if loop in used]
    return IndexView(
        loops=tuple(slugs(loops).items()) if loops else (),
        tables=tuple((loop, tuple(_row(family, loop, files[family.name]) for family in families)) for loop in loops),
        families=len(families),
        surprises=len(all_surprises(families)),
        context=context(measurements),
        preliminary=preliminary(measurements),
        problems=tuple(measurements.problems),
        facts=facts(measurements),
        command=measurements.run.suite["run"]["command"],
        check=check_command(measurements),
        files=raw_files(measurements),
    )


def _row(family: Family, loop: str, files: Mapping[str, str]) -> IndexRow:
    anchors = slugs(list(family.record["workloads"]))
    lines = [
        line_of(workload, anchors[workload], family.case(workload, loop)) for workload in family.record["workloads"]
    ]
    measured = any(family.case(workload, loop) for workload in family.record["workloads"])
    blank = Line("", "top", None, "nothing measured" if lines else "it asks no question yet", "", "", "", "open", ())
    href = f"families/{files.get(loop) or files[family.loops[0]]}"
    return IndexRow(family.name, href, family.question, family.count(loop).text, tuple(lines if measured else [blank]))


def line_of(workload: str, anchor: str, case: Case | None) -> Line:
    """One workload's line; shared by the page and the terminal."""
    if case is None:
        return Line(workload, anchor, None, "not measured", "", "", "", "open", ())
    decision = case.decision
    if decision.withheld:
        return Line(workload, anchor, None, no_verdict(decision), "", "", "withheld", "open", ())
    if decision.pick is None:
        return Line(workload, anchor, None, "nothing to recommend", "", "", "", "open", ())
    if not decision.resolved:
        return Line(workload, anchor, None, f"one look: {decision.leader} was the fastest", "", "", "", "open", ())
    judgement = decision.to_baseline.get(decision.pick)
    ratio, interval, word = "", "", "no baseline"
    if decision.pick == decision.baseline:
        ratio, word = f"1{TIMES}", "baseline"
    elif judgement:
        ratio, interval = times(judgement.centre, judgement.low, judgement.high)
        word = judgement.word
    return Line(workload, anchor, decision.pick, "", ratio, interval, word, CLASSES.get(word, "open"), decision.tied)
