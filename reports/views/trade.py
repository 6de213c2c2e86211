"""What one gives for speed: time against the slowest 1 %, and against memory, for one question."""

from collections.abc import Iterator, Mapping, Sequence
from math import log

from reports.reading.answers import MEASURES, Entry, Program, answers
from reports.reading.family import TIME, Family
from reports.reading.wording import spaced
from reports.views.charts import Caption, Mark, TradeChart
from results.eligibility import LANES
from results.statistics import BAND

MOST_NAMES = 8  # that have room beside their marks


def trades(family: Family, loop: str) -> tuple[TradeChart, ...]:
    """A chart for each measure beside time, of the first question in which two or more alternatives differ in both."""
    found = (_trade(family, loop, measure) for measure in MEASURES if measure != TIME)
    return tuple(chart for chart in found if chart)


def _trade(family: Family, loop: str, measure: str) -> TradeChart | None:
    for workload in family.record["workloads"]:
        marks = _marks(family, loop, workload, measure)
        if all(_differ([getattr(mark, side) for mark in marks]) for side in ("x", "y")):
            title = f"{spaced(workload)} on {loop}: time against {MEASURES[measure]}"
            told = "Relative to what most people write; the same numbers are in the tables."
            axes = f"{family.clock(workload)} ratio", f"{MEASURES[measure]} ratio"
            return TradeChart(Caption(f"trade-{measure}", title, told), marks, frontier(marks), axes)
    return None


def _marks(family: Family, loop: str, workload: str, measure: str) -> tuple[Mark, ...]:
    by_time, beside = (answers(family, Program(loop, workload, measure=one)) for one in (TIME, measure))
    x, y = _ratios(by_time.entries), _ratios(beside.entries)
    both = [entry for entry in by_time.entries if entry.name in x and entry.name in y]
    suits = {entry.name for answer in by_time.lanes.values() for entry in answer.suits}
    picks = [answer.pick.name for answer in by_time.lanes.values() if answer.pick]
    usual = [by_time.baseline] if by_time.baseline else []
    first = dict.fromkeys([*picks, *usual, *sorted(suits & x.keys(), key=lambda name: x[name])])
    named = [name for name in first if name in x and name in y][:MOST_NAMES]
    return tuple(
        Mark(
            entry.name,
            x[entry.name],
            y[entry.name],
            LANES.index(entry.lane),
            entry.name not in suits,
            not entry.candidate.recommendable,
            entry.name in named,
        )
        for entry in both
    )


def _differ(ratios: Sequence[float]) -> bool:
    """Whether a picture shows anything: where all are the same, names would lie on each other."""
    return len(ratios) > 1 and log(max(ratios) / min(ratios)) > BAND


def _ratios(entries: Sequence[Entry]) -> Mapping[str, float]:
    return {entry.name: told.ratio for entry in entries for told in entry.told if told.ratio is not None}


def frontier(marks: Sequence[Mark]) -> tuple[tuple[float, float], ...]:
    """Those that suit most programs and that no other beats in both, by the first measure."""
    return tuple(_frontier(marks))


def _frontier(marks: Sequence[Mark]) -> Iterator[tuple[float, float]]:
    least = float("inf")
    for x, y in sorted((mark.x, mark.y) for mark in marks if not mark.out):
        if y < least:
            least = y
            yield x, y
