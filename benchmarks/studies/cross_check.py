"""Whether the two engines agree on this machine: ``python -m benchmarks.studies.cross_check``.

Measures a workload of every family on asyncio in turns and in pyperf's stock order, and compares the ratios to the
baseline. Two ratios agree when they lie no further apart than the wider of their two intervals reaches.

The stock order measures each variant at a moment of its own, so that the values of one pass do not know what the
machine did between two moments. It is repeated: a pass is to it what a launch is to the turns, and its interval is the
same exact one, over the passes.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Annotated

import typer
from rich.table import Table

import patterns
from benchmarks.engine.engines import Measured, Terms
from benchmarks.engine.looks import label_of
from benchmarks.engine.readers import baseline_labels
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters, UnknownNameError
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.subjects import subjects
from benchmarks.run import ENGINES
from benchmarks.studies.command import run_study
from benchmarks.studies.engine_cost import interval_of_turns, intervals
from results.labels import parsed
from results.terminal import Terminal

CHECKED = {family: checked for family in patterns.families() if (checked := subjects(family).engines)}
PASSES = 8
PASS_SECONDS = 1.2  # per variant: a process that calibrates, and one with three values of some hundredths of a second
SEED = 1
COLUMNS = ("workload", "rows", "agree", "apart", "turns ±", "pyperf ±", "those that do not agree: pyperf / turns - 1")

Intervals = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two engines say of the rows that both have; differences are on the log scale, as ``(size, label)``."""

    differences: list[tuple[float, str]]
    disagreeing: list[tuple[float, str]]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.differences)


def agreement(turns: Intervals, stock: Intervals) -> Agreement:
    """Compare the centre and half-width of each row; the largest difference, in either direction, comes first."""
    differences, disagreeing = [], []
    for label in turns.keys() & stock.keys():
        (one, narrow), (other, wide) = turns[label], stock[label]
        differences.append((other - one, label))
        if abs(one - other) > max(narrow, wide):
            disagreeing.append((other - one, label))
    return Agreement(*(sorted(found, key=lambda row: -abs(row[0])) for found in (differences, disagreeing)))


def interval_of_passes(passes: Iterable[Measured], baseline: str) -> dict[str, tuple[float, float]]:
    """The log ratio to the baseline and the half-width of its interval, by label; a pass counts once."""
    times: dict[str, dict[int, list[float]]] = {}
    for number, measured in enumerate(passes):
        for benchmark in measured.benchmarks:
            times.setdefault(label_of(benchmark), {})[number] = [median(benchmark.get_values())]
    return intervals(times, baseline)


def in_stock_order(comparison: Comparison, passes: int) -> list[Measured]:
    """Measure a comparison as pyperf does by itself, again and again; two processes for each variant in each pass."""
    preset = replace(PRESETS["quick"], launches=1)
    terms = Terms(preset, PASS_SECONDS * len(comparison.variants), SEED)
    return [measured for _ in range(passes) for measured in ENGINES["pyperf"]([comparison], [terms])]


def median_size(rows: Iterable[tuple[float, str]]) -> float:
    """The median distance, whatever its direction."""
    return median(abs(size) for size, _ in rows)


def width(intervals: Intervals) -> float:
    """The median half-width."""
    return median(half for _, half in intervals.values())


def percent(size: float) -> str:
    """A difference on the log scale, in words."""
    return f"{100 * math.expm1(size):+.1f} %"


def worded(rows: Sequence[tuple[float, str]]) -> str:
    """Rows and their differences in one line."""
    return ", ".join(f"{parsed(label).alternative} {percent(size)}" for size, label in rows) or "none"


def main(
    seconds: Annotated[float, typer.Option(help="in turns, for each family")] = 40.0,
    passes: Annotated[int, typer.Option(min=6, help="in the stock order, for each family")] = PASSES,
    family: Annotated[list[str] | None, typer.Option(help="only this one (repeatable)")] = None,
) -> None:
    """Measure every family both ways, and print how many rows agree; some twenty minutes at the defaults."""
    try:
        plan = make_plan(Filters(tuple(family or CHECKED), (), ("asyncio",), (), (MIDDLE,)), PRESETS["quick"])
    except UnknownNameError as error:
        raise typer.BadParameter(str(error)) from None
    shown = Table(*COLUMNS, title="the median distance of two ratios, and the median half-width of their intervals")
    for comparison in plan.comparisons:
        if CHECKED.get(comparison.family) != comparison.workload:
            continue
        baseline = baseline_labels(comparison.family)["asyncio"]
        (in_turns,) = ENGINES["turns"]([comparison], [Terms(PRESETS["quick"], seconds, SEED)])
        stock = interval_of_passes(in_stock_order(comparison, passes), baseline)
        turns = interval_of_turns(in_turns, baseline)
        found = agreement(turns, stock)
        shown.add_row(
            f"{comparison.family}/{comparison.workload}",
            f"{found.rows}",
            f"{found.rows - len(found.disagreeing)}",
            *(f"{100 * size:.1f} %" for size in (median_size(found.differences), width(turns), width(stock))),
            worded(found.disagreeing),
        )
    Terminal(width=140).print(shown)


if __name__ == "__main__":
    run_study(main)
