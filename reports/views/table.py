"""The rows of one table: safe alternatives first, then those not to pick, then those without a number."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from reports.reading.answers import MEASURES
from reports.reading.apart import apart
from reports.reading.family import Case, Family
from reports.reading.growth import Growth, growth
from reports.reading.measured import Variant
from reports.reading.verdicts import Candidate
from reports.reading.wording import (
    TIMES,
    compact,
    digits_for,
    duration,
    in_bytes,
    listed,
    plural,
    ratio_of,
    significant,
    spaced,
    unit_for,
)
from reports.views.anchors import Anchors
from reports.views.work import counted, counts
from results.suite import AbsenceRecord, ReadingRecord, WorkloadRecord
from results.verdicts import Judgement

MOST_NAMES = 1  # of the broken promises: a row is on the page once for each question, and the matrix has them all
NOT_COUNTED = "not counted"
NOT_READ = "not read"
TINY = "detectable, tiny"  # what makes no difference in practice, although there is one
SKIPPED = "not measured"  # a whole point of the axis usually: said once, not in every row
CLASSES = {
    "faster": "good",
    "slower": "slow",
    "practically the same": "same",
    "within the noise here": "open",
    "not resolved": "open",
    "no interval": "open",
    "withheld": "open",
    "baseline": "same",
    "": "open",
}
UNITS = {"second": "a time", "ratio": "in per cent", "count": "a number", "byte": "of memory"}
KINDS = {
    "idiom": ("idiom", "what people write with the standard tools"),
    "trap": ("trap", "a mistake that people make, kept here to show its price"),
    "package": ("package", "a package from PyPI"),
    "yours": ("yours", "a file of your own project, included in this run"),
    "own": ("ours", "written for this suite: we choose the workloads too, so check it twice"),
}


def kind_name(kind: str) -> str:
    """The word for a kind; one that we do not know is its own."""
    return KINDS.get(kind, (kind, ""))[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """A column of what was measured beside time; ``about`` says what it is and which way is good.

    ``own`` ones are the workload's, and nothing that a reader may choose by.
    """

    title: str
    about: str
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An alternative with times; ``anchor`` is that of its row, ``less`` numbers its caveats in the family's list.

    ``faults`` make it unsafe; ``lacks`` names the needs that it does not keep.
    """

    name: str
    anchor: str
    kind: str
    badge: str
    seconds: float
    time: str
    sort_ratio: float | None
    ratio: str
    interval: str
    word: str
    word_class: str
    growth: Growth | None
    counts: tuple[str, ...]
    readings: tuple[str, ...]
    work: tuple[str, ...]
    faults: tuple[str, ...]
    lacks: tuple[str, ...]
    less: tuple[int, ...]
    notes: tuple[str, ...]
    judgement: Judgement | None
    unsafe: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """Alternatives without a number that share the reason."""

    names: tuple[str, ...]
    state: str
    reason: str
    declared: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One workload on one backend; ``skipped`` says what the run did not get to, ``clock`` what its times are.

    ``counts`` are the workload's own, ``work`` what an operation asks of its loop.

    ``own`` says how much of the baseline's time is the workload's own, or why that is not known; it is empty in older
    records. ``ranks`` is what exact ranks say of the words, where they were asked.
    """

    baseline: str | None
    operation: str
    clock: str
    counts: tuple[str, ...]
    readings: tuple[Reading, ...]
    work: tuple[str, ...]
    has_growth: bool
    safe: tuple[Row, ...]
    unsafe: tuple[Row, ...]
    missing: tuple[Missing, ...]
    skipped: tuple[str, ...]
    own: str
    ranks: str

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row with times."""
        return (*self.safe, *self.unsafe)

    @property
    def own_readings(self) -> tuple[Reading, ...]:
        """Those of the workload alone: the others mean the same on all pages."""
        return tuple(reading for reading in self.readings if reading.own)

    @property
    def width(self) -> int:
        """The number of columns."""
        return 4 + self.has_growth + len(self.counts) + len(self.readings) + len(self.work)

    @property
    def per_operation(self) -> str:
        """What a row's time is of: ``per job``, or ``processor time per job``."""
        return f"{'' if self.clock == 'time' else f'{self.clock} '}per {self.operation}"


def table(family: Family, workload: str, backend: str) -> Table:
    """Build the table of one workload on one backend; it may be empty."""
    record = family.record["workloads"][workload]
    case = family.case(workload, backend)
    rows = _rows(family, workload, case) if case else []
    names = {row.name for row in rows}
    n = case.comparison.record["n"] if case else None
    return Table(
        baseline=case.decision.baseline if case else None,
        operation=record["operation"],
        clock=family.clock(workload),
        counts=tuple(record["tallies"]),
        readings=tuple(_reading(entry) for entry in _readings(family, workload, case)),
        work=tuple(counts(case)[0]) if case else (),
        has_growth=any(row.growth for row in rows),
        safe=tuple(row for row in rows if not row.unsafe),
        unsafe=tuple(row for row in rows if row.unsafe),
        missing=tuple(_missing(family.missing(workload, backend, n), names)),
        skipped=tuple(_skipped(family.missing(workload, backend, None))),
        own=_own(case, record) if rows else "",
        ranks=_ranks(case) if case else "",
    )


def _own(case: Case | None, record: WorkloadRecord) -> str:
    """What the workload costs around nothing, out of what it costs around the baseline; nothing is subtracted."""
    null = record.get("null", {})
    if why_not := null.get("why_not"):
        return f"How much of a time is the workload's own is not measured: {why_not}."
    if case is None or case.decision.baseline is None or "what" not in null:
        return ""
    baseline = case.variant(case.decision.baseline)
    share = case.comparison.own_share(baseline)
    if share is None:
        return ""
    seconds = case.comparison.seconds(baseline)
    unit = unit_for(seconds)
    return (
        f"Of {duration(seconds, unit)}, {significant(seconds * share / unit[1])} are the workload's own: so much does "
        f"it take around {null['what']}. Nothing is subtracted."
    )


def _ranks(case: Case) -> str:
    """What exact ranks say of the words in the table, where there were launches enough to ask them."""
    found = case.by_ranks()
    against = [f"`{name}`" for name, agrees in found.items() if not agrees]
    if not found:
        return ""
    asked = plural(len(found), "row")
    return f"Exact signed ranks, asked of {asked}, contradict {listed(against) if against else 'none'}."


def _skipped(absences: Iterable[AbsenceRecord]) -> Iterator[str]:
    """One line for each reason for which rows were left out, whole points first."""
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for absence in absences:
        if absence["state"] == SKIPPED:
            found[absence["n"] or 0, absence["reason"]].add(absence["alternative"])
    for (n, reason), names in sorted(found.items()):
        yield f"{f'n = {n:,}' if n else 'Every n'} was not measured for {plural(len(names), 'alternative')}: {reason}"


def _missing(absences: Iterable[AbsenceRecord], measured: Container[str]) -> Iterator[Missing]:
    """The first reason of each alternative; those that share one share a row."""
    shared: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    done: set[str] = set()
    for row in absences:
        name = row["alternative"]
        if name not in measured and name not in done and row["state"] != SKIPPED:
            done.add(name)
            shared[row["state"], row["reason"], row["declared"]].append(name)
    for (state, reason, declared), names in sorted(shared.items(), key=lambda item: min(item[1])):
        yield Missing(tuple(sorted(names)), state, reason, declared)


def _rows(family: Family, workload: str, case: Case) -> list[Row]:
    ordered = sorted(case.candidates, key=lambda entry: _order(case, entry))
    anchor = case.decision.baseline or (ordered[0].name if ordered else None)
    unit = unit_for(case.comparison.seconds(case.variant(anchor))) if anchor else None
    anchors = Anchors(family)
    return [_row(family, workload, case, candidate, unit, anchors) for candidate in ordered]


def _order(case: Case, candidate: Candidate) -> tuple[float, str]:
    """By the ratio that is printed, so that the order never argues with it; by time where there is no ratio."""
    if candidate.name == case.decision.baseline:
        return 0.0, candidate.name
    judgement = case.decision.to_baseline.get(candidate.name)
    return (judgement.centre if judgement else case.comparison.seconds(case.variant(candidate.name))), candidate.name


def _row(
    family: Family,
    workload: str,
    case: Case,
    candidate: Candidate,
    unit: tuple[str, float] | None,
    anchors: Anchors,
) -> Row:
    decision, variant = case.decision, case.variant(candidate.name)
    judgement = decision.to_baseline.get(candidate.name)
    is_baseline = candidate.name == decision.baseline
    ratio, interval = (f"1{TIMES}", "") if is_baseline else _ratio(judgement)
    word = "baseline" if is_baseline else judgement.word if judgement else ""
    tallied = case.comparison.tallies.get(variant, {})
    asked = family.record["workloads"][workload]["tallies"]
    seconds = case.seconds(candidate.name)
    return Row(
        name=candidate.name,
        anchor=anchors.row(workload, candidate.name),
        kind=kind_name(candidate.kind),
        badge=_badge(case, candidate.name),
        seconds=seconds,
        time=duration(seconds, unit, digits_for(judgement)),
        sort_ratio=0.0 if is_baseline else judgement.centre if judgement else None,
        ratio=ratio,
        interval=interval,
        word=word,
        word_class=CLASSES[word],
        growth=growth(family.points(workload), variant),
        counts=tuple(compact(tallied[name]) if name in tallied else NOT_COUNTED for name in asked),
        readings=tuple(_read(family, workload, case, variant, entry) for entry in _readings(family, workload, case)),
        work=tuple(counted(case, candidate.name, count) or NOT_COUNTED for count in counts(case)[0]),
        faults=tuple(_faults(candidate)),
        lacks=tuple(need["name"] for need in candidate.unkept) if candidate.recommendable else (),
        less=tuple(family.caveats.index(caveat) + 1 for caveat in candidate.caveats),
        notes=tuple(_notes(family, workload, case, candidate, judgement)),
        judgement=judgement,
        unsafe=not candidate.recommendable,
    )


def _readings(family: Family, workload: str, case: Case | None) -> list[ReadingRecord]:
    """What was measured beside time that a table has room for: what a reader may choose by, and the workload's own."""
    passes = family.measurements.run.suite.get("passes", {})
    measured = case.comparison.measures if case else {}
    by = [one for found in passes.values() for one in found if one["name"] in MEASURES and one["name"] in measured]
    return [*by, *family.record["workloads"][workload].get("readings", ())]


def _reading(record: ReadingRecord) -> Reading:
    better = f"{record['better']} is better" if record["better"] != "neither" else "neither way is better"
    return Reading(
        record["title"], f"{UNITS.get(record['unit'], record['unit'])}, {better}", record["name"] not in MEASURES
    )


def _judged(family: Family, workload: str, variant: Variant, measure: str) -> Judgement | None:
    """The ratio of what a reader may choose by; None of anything else."""
    case = family.case(workload, variant.backend, None, measure) if measure in MEASURES else None
    return case.decision.to_baseline.get(variant.alternative) if case else None


def _read(family: Family, workload: str, case: Case, variant: Variant, record: ReadingRecord) -> str:
    """The value of a reading; those of a column share their unit, which is that of the middle one."""
    name = record["name"]
    found = case.comparison.measures.get(name)
    if found is None or variant not in found.times:
        return NOT_READ
    value, digits = found.seconds(variant), digits_for(_judged(family, workload, variant, name))
    if record["unit"] == "second":
        return duration(value, unit_for(median(map(found.seconds, found.on(variant.backend)))), digits)
    if record["unit"] == "byte":
        return in_bytes(value, digits)
    return f"{compact(100 * value)} %" if record["unit"] == "ratio" else compact(value)


def _faults(candidate: Candidate) -> Iterator[str]:
    """What makes an alternative unsafe, in a few words: its row marks the rest."""
    names = [spaced(entry.name) for entry in candidate.condemned if entry.how != "measured"]
    if names:
        rest = len(names) - MOST_NAMES
        yield f"breaks: {', '.join(names[:MOST_NAMES])}{f' and {rest} more' if rest > 0 else ''}"
    yield from (entry.words for entry in candidate.condemned if entry.how == "measured")


def _ratio(judgement: Judgement | None) -> tuple[str, str]:
    if judgement is None:
        return "no baseline", ""
    return ratio_of(judgement)


def _apart(case: Case, name: str) -> str:
    """Whether the launches of a row that is compared lie together, in words where they do not."""
    baseline = case.decision.baseline
    if baseline is None or name == baseline:
        return ""
    return apart(case.comparison.log_ratios(case.variant(name), case.variant(baseline)), case.decision.edge)


def _badge(case: Case, name: str) -> str:
    decision = case.decision
    if not decision.resolved:
        return ""
    if name == decision.pick:
        return "pick"
    return "tie" if name in decision.tied else ""


def _notes(
    family: Family, workload: str, case: Case, candidate: Candidate, judgement: Judgement | None
) -> Sequence[str]:
    notes = [judgement.why] if judgement and judgement.why and judgement.word != "no interval" else []
    notes += [TINY] if judgement and judgement.tiny else []
    notes += [alone] if (alone := _apart(case, candidate.name)) else []
    key = family.name, workload, case.comparison.record["n"], case.variant(candidate.name)
    notes += family.measurements.since.get(key, ())
    others = (row for row in family.missing(workload, case.backend, None) if row["alternative"] == candidate.name)
    notes += [
        f"at n = {row['n']:,}: {row['state']}: {row['reason']}"
        for row in others
        if row["n"] is not None and row["state"] != SKIPPED
    ]
    return notes
