"""What was measured beside time, as a table of its own: values with ratios, intervals and noise, and counts of work."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from reports.reading.family import Case, Family
from reports.reading.floor import floor_beside
from reports.reading.measured import Comparison, Variant
from reports.reading.wording import NO_BYTE, compact, duration, in_bytes, listed, ratio_of, unit_for
from reports.views.work import counted, counts
from results.labels import NOTHING
from results.suite import PassRecord, ReadingRecord
from results.times import WORK
from results.verdicts import Judgement, judge

COUNTS: ReadingRecord = {"name": WORK, "title": "counts of work", "unit": "count", "better": "lower"}
NONE = "no number"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value; where it is compared, its ratio to the baseline's with the interval, and the word for that."""

    value: str
    ratio: str = ""
    interval: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class BesideRow:
    """An alternative, or the workload around nothing."""

    name: str
    cells: tuple[Cell, ...]
    null: bool = False


@dataclass(frozen=True, slots=True)
class BesideView:
    """One workload on one loop: a column for each measure of which a row has a number, then one for each count.

    ``around`` says of what is neither better nor worse how much it was in the middle row, ``noises`` what the noise of
    each measure is, ``open`` what would settle what is not resolved, ``zeros`` which counts are zero in every row and
    have no column, ``missing`` why there is no number where there is none, ``unreached`` what the run had no time for.
    """

    heads: tuple[str, ...]
    rows: tuple[BesideRow, ...]
    around: tuple[str, ...]
    noises: tuple[str, ...]
    open: tuple[str, ...]
    zeros: str
    missing: tuple[str, ...]
    unreached: str


def beside_view(family: Family, case: Case | None) -> BesideView | None:
    """What was measured beside time at the point that verdicts speak of; None where the run was not to measure any."""
    described = family.measurements.run.suite.get("passes", {})
    if case is None or not described:
        return None
    taken = case.comparison.record.get("passes", {})
    every = [_Measured(case, one, taken[name]) for name in described if name in taken for one in described[name]]
    compared = [one for one in every if one.compared]
    columns = [one for one in compared if one.rows]
    left = [one["title"] for name in described if name not in taken for one in described[name] or [COUNTS]]
    asked, zeros = counts(case)
    names = sorted(entry.name for entry in case.candidates)
    baseline = case.decision.baseline
    ordered = sorted(names, key=lambda name: (name != baseline, name))
    rows = [
        BesideRow(name, (*(one.cell(name) for one in columns), *_counted(case, name, asked)), null=name == NOTHING)
        for name in [*ordered, NOTHING]
        if name != NOTHING or case.comparison.nulls
    ]
    return BesideView(
        heads=(*(one.record["title"] for one in columns), *asked),
        rows=tuple(rows),
        around=tuple(filter(None, (one.middle for one in every if not one.compared))),
        noises=tuple(filter(None, (one.noise for one in columns))),
        open=tuple(filter(None, (one.open for one in columns))),
        zeros=listed(zeros),
        missing=(
            *_nowhere([one for one in compared if not one.rows], names),
            *_somewhere([*(one.lacking(names) for one in columns), _uncounted(case, names, asked)]),
        ),
        unreached=listed(left),
    )


def _nowhere(columns: Sequence["_Measured"], names: Sequence[str]) -> Iterator[str]:
    """A line for the measures of which no row has a number, for the same reasons."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in columns:
        found["; ".join(sorted(set(one.lacking(names).values())))].append(one.record["title"])
    for why, titles in found.items():
        yield f"In no row: {listed(titles)}{f': {why}' if why else ''}"


def _somewhere(columns: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """A line for each reason why some rows have no number; where there is but one, the table shows which they are."""
    found: dict[str, set[str]] = defaultdict(set)
    for column in columns:
        for name, why in column.items():
            found[why].add(name)
    for why, names in found.items():
        who = f" for {listed([f'`{name}`' for name in sorted(names)])}" if len(found) > 1 else ""
        yield f"No number{who}: {why}"


class _Measured:
    """One measure of all rows on a loop, judged as times are if there is a better and a worse."""

    def __init__(self, case: Case, record: ReadingRecord, taken: PassRecord) -> None:
        self.case, self.record = case, record
        self.found: Comparison | None = case.comparison.measures.get(record["name"])
        self.missing = taken["missing"]
        self.rows = {one: self.found.seconds(one) for one in self.found.on(case.backend)} if self.found else {}
        self.floor = floor_beside(case.comparison, record["name"], case.backend) if self.found else None
        self.judged = self._judged()

    def _judged(self) -> dict[str, Judgement]:
        baseline = self.case.decision.baseline
        if self.found is None or self.floor is None or baseline is None or not self.compared:
            return {}
        under = self.case.variant(baseline)
        others = [one for one in self.rows if one != under and not self._nothing(one, under)]
        ratios = {variant.alternative: self.found.log_ratios(variant, under) for variant in others}
        return self.floor.withhold(judge(ratios, self.floor.edge))

    def _nothing(self, *variants: Variant) -> bool:
        """Whether all of them hold less than a byte: nothing is compared with nothing."""
        return self.record["unit"] == "byte" and all(self.rows.get(one, math.inf) <= NO_BYTE for one in variants)

    @property
    def compared(self) -> bool:
        """Whether there is a better and a worse: it is a column then."""
        return self.record["better"] != "neither"

    @property
    def middle(self) -> str:
        """What it is in the middle row; empty where nobody has a number."""
        return f"{self.record['title']} {self._text(median(self.rows.values()))}" if self.rows else ""

    @property
    def noise(self) -> str:
        """What its noise is; empty where that is not known."""
        if self.floor is None or not self.floor.interval:
            return ""
        return f"{self.record['title']}: the same code, measured twice, {self.floor.interval}"

    @property
    def open(self) -> str:
        """What would settle the rows that are not resolved; empty where all are."""
        whys = {one.why for one in self.judged.values() if one.word == "not resolved"}
        return f"{self.record['title']}: {whys.pop() if len(whys) == 1 else 'more launches'}" if whys else ""

    def cell(self, name: str) -> Cell:
        """The value of a row."""
        variant = self.case.variant(name)
        number = self._number(variant)
        if number is None:
            return Cell(NONE)
        value, judgement = self._text(number), self.judged.get(name)
        if judgement is None:
            return Cell(value)
        ratio, interval = ratio_of(judgement)
        words = {"faster": "less", "slower": "more"}
        return Cell(value, ratio, interval, words.get(judgement.word, judgement.word))

    def lacking(self, names: Iterable[str]) -> dict[str, str]:
        """Why there is no number, of each row that has none and a reason."""
        labels = {name: self.case.variant(name) for name in names}
        whys = {name: self.missing.get(one.label, "") for name, one in labels.items() if self._number(one) is None}
        return {name: why for name, why in whys.items() if why}

    def _number(self, variant: Variant) -> float | None:
        """The value of a row of the loop, or of the one that is no row."""
        if self.found and variant in self.found.nulls:
            return self.found.middle(self.found.nulls[variant])
        return self.rows.get(variant)

    def _text(self, value: float) -> str:
        if self.record["unit"] == "second":
            return duration(value, unit_for(median(self.rows.values())) if self.rows else None)
        if self.record["unit"] == "byte":
            return in_bytes(value)
        return f"{compact(100 * value)} %" if self.record["unit"] == "ratio" else compact(value)


def _counted(case: Case, name: str, columns: Sequence[str]) -> Iterator[Cell]:
    for count in columns:
        yield Cell(counted(case, name, count) or NONE)


def _uncounted(case: Case, names: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Why nothing was counted, of each row of which that is so and known."""
    taken = case.comparison.record.get("passes", {}).get(WORK)
    missing = taken["missing"] if taken else {}
    labels = {name: case.variant(name).label for name in names if not all(counted(case, name, one) for one in columns)}
    return {name: missing[label] for name, label in labels.items() if label in missing}
