"""Everything that the index shows: families by group, and the pick of every workload on every loop."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.reading.family import Family, loops_in_order
from reports.reading.measured import Measurements
from reports.reading.wording import CLOCKS, TIMES, ratio_of
from reports.views.anchors import code_anchors, slugs
from reports.views.places import FOLDER, Place, Places
from reports.views.safety_page import all_surprises
from reports.views.sentences import NO_VERDICT
from reports.views.table import CLASSES


@dataclass(frozen=True, slots=True)
class Line:
    """The pick of one workload on one loop; ``reason`` says why there is none, ``clock`` which time was taken."""

    workload: str
    pick: str | None
    reason: str
    ratio: str = ""
    interval: str = ""
    word: str = ""
    word_class: str = "open"
    ties: tuple[str, ...] = ()
    clock: str = CLOCKS["wall"]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A workload on one loop, and the page that tells more."""

    loop: str
    href: str
    line: Line


@dataclass(frozen=True, slots=True)
class IndexFamily:
    """One family: for each loop a page and how many are safe there; ``alternatives`` are names and where they stand."""

    name: str
    question: str
    pages: tuple[tuple[str, str], ...]
    safety: tuple[tuple[str, str], ...]
    rows: tuple[IndexRow, ...]
    alternatives: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class IndexGroup:
    """Families that share a word; older records have none."""

    name: str
    anchor: str
    families: tuple[IndexFamily, ...]


@dataclass(frozen=True, slots=True)
class IndexView:
    """The index page; ``loops`` maps each loop to the end of its class names."""

    loops: Mapping[str, str]
    groups: tuple[IndexGroup, ...]
    surprises: int


def index_view(measurements: Measurements, families: Sequence[Family], places: Places) -> IndexView:
    """Gather the index; ``places`` says where each family's pages are."""
    used = {loop for family in families for loop in family.loops}
    loops = [loop for loop in loops_in_order(measurements) if loop in used]
    names = sorted({family.group for family in families}, key=lambda name: (not name, name))
    anchors = slugs(names)
    return IndexView(
        loops=slugs(loops),
        groups=tuple(
            IndexGroup(
                name,
                f"group-{anchors[name]}",
                tuple(_family(family, loops, places[family.name]) for family in families if family.group == name),
            )
            for name in names
        ),
        surprises=len(all_surprises(families)),
    )


def _family(family: Family, loops: Sequence[str], place: Place) -> IndexFamily:
    anchors = code_anchors(family)
    return IndexFamily(
        name=family.name,
        question=family.question,
        pages=tuple((loop, f"{FOLDER}/{place.on(loop)}") for loop in loops),
        safety=tuple((loop, family.count(loop).text) for loop in loops if loop in family.loops),
        rows=tuple(_rows(family, loops, place)),
        alternatives=tuple((name, f"{FOLDER}/{place.code}#{anchors[name]}") for name in sorted(anchors)),
    )


def _rows(family: Family, loops: Sequence[str], place: Place) -> Iterator[IndexRow]:
    """Workload by workload, loop by loop; a loop on which nothing was measured has one row that says so."""
    workloads = family.record["workloads"]
    anchors = slugs(list(workloads))
    measured = [loop for loop in loops if any(family.case(workload, loop) for workload in workloads)]
    for workload in workloads:
        for loop in measured:
            href = f"{FOLDER}/{place.on(loop)}#{anchors[workload]}"
            yield IndexRow(loop, href, line_of(family, workload, loop))
    for loop in loops:
        if loop not in measured:
            why = "nothing measured" if workloads else "it asks no question yet"
            yield IndexRow(loop, f"{FOLDER}/{place.on(loop)}", Line("", None, why))


def line_of(family: Family, workload: str, loop: str) -> Line:
    """The line of one workload on one loop; shared by the page and the terminal."""
    case, clock = family.case(workload, loop), family.clock(workload)
    if case is None:
        return Line(workload, None, "not measured")
    decision = case.decision
    if decision.withheld:
        return Line(workload, None, NO_VERDICT, word="withheld")
    if decision.pick is None:
        return Line(workload, None, "nothing to recommend")
    if not decision.resolved:
        return Line(workload, None, f"one look: {decision.leader} was the fastest")
    judgement = decision.to_baseline.get(decision.pick)
    ratio, interval, word = "", "", "no baseline"
    if decision.pick == decision.baseline:
        ratio, word = f"1{TIMES}", "baseline"
    elif judgement:
        ratio, interval = ratio_of(judgement)
        word = judgement.word
    return Line(workload, decision.pick, "", ratio, interval, word, CLASSES.get(word, "open"), decision.tied, clock)
