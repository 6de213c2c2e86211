"""What one gives for speed: time against the slowest 1 %, and against memory, for one question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import log

from reports.reading.answers import MEASURES, Entry, Program, answers
from reports.reading.family import TIME, Family
from reports.reading.wording import listed, spaced
from reports.views.anchors import slugs
from reports.views.charts import Caption, Mark, TradeChart
from results.eligibility import LANES, usual
from results.statistics import BAND

MOST_NAMES = 8  # that have room beside their marks


def trades(family: Family, loop: str) -> tuple[TradeChart, ...]:
    """A chart for each measure beside time, of the first question in which two or more alternatives differ in both."""
    found = (_trade(family, loop, measure) for measure in MEASURES if measure != TIME)
    return tuple(chart for chart in found if chart)


def _trade(family: Family, loop: str, measure: str) -> TradeChart | None:
    needs = slugs([need["name"] for need in family.needs])
    for workload in family.record["workloads"]:
        marks = _marks(family, loop, workload, measure, needs)
        if all(_differ([getattr(mark, side) for mark in marks]) for side in ("x", "y")):
            title = f"{spaced(workload)} on {loop}: time against {MEASURES[measure]}"
            told = "Relative to what most people write; the same numbers are in the tables."
            axes = f"{family.clock(workload)} ratio", f"{MEASURES[measure]} ratio"
            most = tuple(needs[name] for name in sorted(usual(family.needs)))
            return TradeChart(Caption(f"trade-{measure}", title, told), compared(marks), most, axes)
    return None


def _marks(family: Family, loop: str, workload: str, measure: str, needs: Mapping[str, str]) -> list[Mark]:
    by_time, beside = (answers(family, Program(loop, workload, measure=one)) for one in (TIME, measure))
    x, y = _ratios(by_time.entries), _ratios(beside.entries)
    both = [entry for entry in by_time.entries if entry.name in x and entry.name in y]
    suits = {entry.name for answer in by_time.lanes.values() for entry in answer.suits}
    picks = [answer.pick.name for answer in by_time.lanes.values() if answer.pick]
    usually = [by_time.baseline] if by_time.baseline else []
    first = dict.fromkeys([*picks, *usually, *sorted(suits & x.keys(), key=lambda name: x[name])])
    named = [name for name in first if name in x and name in y][:MOST_NAMES]
    return [
        Mark(
            entry.name,
            x[entry.name],
            y[entry.name],
            LANES.index(entry.lane),
            entry.rank is None,
            not entry.candidate.recommendable,
            entry.name in named,
            tuple(sorted(needs[need["name"]] for need in entry.lacks)),
        )
        for entry in both
    ]


def frontier(chart: TradeChart) -> str:
    """Whom nobody beats in both among those that suit most programs, in words; empty if nobody suits them."""
    names = [f"`{mark.label}`" for mark in chart.front if mark.stands(chart.usual)]
    return f"{chart.caption.title}: nobody is better in both than {listed(names, 'or')}" if names else ""


def _differ(ratios: Sequence[float]) -> bool:
    """Whether a picture shows anything: where all are the same, names would lie on each other."""
    return len(ratios) > 1 and log(max(ratios) / min(ratios)) > BAND


def _ratios(entries: Sequence[Entry]) -> Mapping[str, float]:
    return {entry.name: told.ratio for entry in entries for told in entry.told if told.ratio is not None}


def compared(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Each with what those lack that beat it in both, whatever a program needs."""
    return tuple(replace(mark, beaten=tuple(_beaten(mark, marks))) for mark in marks)


def _beaten(mark: Mark, marks: Sequence[Mark]) -> Iterator[tuple[str, ...]]:
    """Each set of needs once, and none that has a smaller one in it: who lacks less is there whenever the other is."""
    here = mark.x, mark.y
    better = [one for one in marks if not one.out and one.x <= mark.x and one.y <= mark.y and (one.x, one.y) != here]
    lacks = {frozenset(one.lacks) for one in better}
    yield from sorted(tuple(sorted(one)) for one in lacks if not any(other < one for other in lacks))
