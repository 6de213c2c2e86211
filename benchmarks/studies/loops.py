"""Whether a ratio depends on how long a block is: ``python -m benchmarks.studies.loops``.

Every family's baseline is looked at as in a run, which chooses its loops and the calls that nobody times. Then two
copies of it take turns on every loop, one with those loops and one with four times as many. They are the same code, so
that per operation they must take the same: the interval of their ratio holds 1, or lies within one percent of it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Annotated

import typer
from rich.table import Table

import patterns
from benchmarks.engine.engines import Terms, first_launch, launch_again
from benchmarks.engine.looks import times_of
from benchmarks.engine.readers import baseline_labels
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters, UnknownNameError
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.variants import Variant
from benchmarks.studies.command import run_study
from results.labels import parsed
from results.statistics import Estimate, estimate, launch_log_ratios, within
from results.terminal import Terminal

MORE = 4  # times the loops
AGREE = math.log(1.01)
LAUNCHES = 10
ROUNDS = 10
SEED = 1
PRESET = replace(PRESETS["quick"], launches=1, rounds=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One baseline on one loop: what its longer blocks seem to cost more per operation, on the log scale."""

    label: str
    loops: int
    untimed: int
    found: Estimate

    @property
    def agrees(self) -> bool:
        """Whether the two copies may be equal, or are so within a percent."""
        interval = self.found.interval
        return within(self.found, AGREE) or (interval is not None and interval.low <= 0 <= interval.high)


def baselines(comparison: Comparison) -> list[Variant]:
    """The baseline on every loop, once."""
    labels = set(baseline_labels(comparison.family).values())
    return [variant for variant in comparison.variants if variant.label in labels]


def rows(comparison: Comparison, launches: int = LAUNCHES, rounds: int = ROUNDS) -> Iterator[Row]:
    """Look at the baselines of a comparison, and measure each with its loops and with more of them."""
    alone = replace(comparison, variants=tuple(baselines(comparison)))
    looked = launch_again(first_launch(alone, Terms(PRESET, 1.0, SEED)), 0, 1)
    originals = [variant for variant in alone.variants if variant.label in looked.loops]
    longer = {variant.label: replace(variant, twin=1) for variant in originals}
    loops = looked.loops | {longer[label].label: MORE * count for label, count in looked.loops.items()}
    untimed = looked.untimed | {longer[label].label: count for label, count in looked.untimed.items()}
    assert looked.again is not None
    launch = replace(looked.again, variants=[*originals, *longer.values()], loops=loops, untimed=untimed, rounds=rounds)
    measured = launch_again(launch, 1, launches)
    times = times_of(measured.benchmarks)
    for label, copy in longer.items():
        if label in times and copy.label in times:
            found = estimate(launch_log_ratios([times[copy.label]], [times[label]]))
            yield Row(label, looked.loops[label], looked.untimed[label], found)


def percent(size: float) -> str:
    """A difference on the log scale."""
    return f"{100 * math.expm1(size):+.1f}"


def summed_up(found: Sequence[Row]) -> str:
    """How many agree, and what the one in the middle differs by."""
    if not found:
        return "nothing was measured"
    middle = median(row.found.centre for row in found)
    return f"{sum(row.agrees for row in found)} of {len(found)} agree; {percent(middle)} % at the median"


def main(
    family: Annotated[list[str] | None, typer.Option(help="only this one (repeatable)")] = None,
    workload: Annotated[list[str] | None, typer.Option(help="only this one (repeatable)")] = None,
    launches: Annotated[int, typer.Option(min=6, help="for each workload")] = LAUNCHES,
    rounds: Annotated[int, typer.Option(min=1, help="in each launch")] = ROUNDS,
) -> None:
    """Measure each family's baselines with few and with many loops; prints a table per family as it is done."""
    console = Terminal(width=120)
    found: list[Row] = []
    for name in family or patterns.families():
        try:
            plan = make_plan(Filters((name,), tuple(workload or ()), points=(MIDDLE,)), PRESETS["quick"])
        except UnknownNameError as error:
            raise typer.BadParameter(str(error)) from None
        shown = Table("workload", "loop", "loops", "untimed", f"{MORE} times as many, % per operation", "", title=name)
        for comparison in plan.comparisons:
            for row in rows(comparison, launches, rounds):
                interval = row.found.interval
                ends = f"[{percent(interval.low)}, {percent(interval.high)}]" if interval else ""
                shown.add_row(
                    comparison.workload,
                    parsed(row.label).backend,
                    f"{row.loops}",
                    f"{row.untimed}",
                    f"{percent(row.found.centre)} {ends}",
                    "" if row.agrees else "differs",
                )
                found.append(row)
        console.print(shown)
    console.print(summed_up(found))
    raise typer.Exit(int(not all(row.agrees for row in found)))


if __name__ == "__main__":
    run_study(main)
