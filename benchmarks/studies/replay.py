"""What extra launches buy on this machine: ``python -m benchmarks.studies.replay``.

Between two runs the machine changes more than any way of sharing out launches could show. So the comparisons of a
family are measured once, in many launches of all their rows, and both ways are replayed on that one record, for the
same seconds: fixed launches take equally many of each comparison, extra ones go where verdicts are open, as in a run.
A launch costs what a run expects of it. The recorded launches are shuffled for each of several replays.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Annotated

import pyperf
import typer
from rich.table import Table

import patterns
from benchmarks.engine.cost import COST
from benchmarks.engine.engines import Measured, Terms, measure_in_turns
from benchmarks.engine.extra import FEWEST_ROUNDS, MOST, Standing, most_worth
from benchmarks.engine.looks import label_of, noises, still_open
from benchmarks.engine.readers import baseline_labels
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters, UnknownNameError
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.subjects import subjects
from benchmarks.run import looked_at
from benchmarks.studies.command import run_study
from results.terminal import Terminal
from results.verdicts import reach

PRESET = PRESETS["standard"]
RECORDED = MOST * PRESET.launches
REPLAYS = 10
FIXED = 7  # launches: the planned ones take about two thirds of the time of so many, as they do in a run
SEED = 1
ENDLESS = 1e6  # seconds: what is recorded is a matter of rounds


@dataclass(frozen=True, slots=True)
class Recording:
    """A comparison in many launches of all its rows; ``again`` is what each repeated, ``walls`` what a block took."""

    comparison: Comparison
    again: Launch
    walls: dict[str, float]
    benchmarks: tuple[pyperf.Benchmark, ...]

    @property
    def seconds(self) -> float:
        """What a launch of all rows takes, as a run expects it."""
        return COST.of_launch({label: self.walls[label] for label in self.again.loops}, self.again.rounds)

    def shuffled(self, order: random.Random) -> "Recording":
        """The same launches under other numbers, the same for all rows."""
        numbers = order.sample(range(self.again.launches), self.again.launches)
        benchmarks = [
            pyperf.Benchmark(
                [
                    pyperf.Run(
                        run.values, metadata={**metadata, "launch": numbers[metadata["launch"]]}, collect_metadata=False
                    )
                    for run in benchmark.get_runs()
                    for metadata in [run.get_metadata()]
                ]
            )
            for benchmark in self.benchmarks
        ]
        return replace(self, benchmarks=tuple(benchmarks))

    def part(self, first: int, count: int, labels: Collection[str] | None = None) -> Measured:
        """What the launches from ``first`` on gave, of these rows or of all."""
        wanted = range(first, first + count)
        found = [
            pyperf.Benchmark([run for run in benchmark.get_runs() if run.get_metadata()["launch"] in wanted])
            for benchmark in self.benchmarks
            if labels is None or label_of(benchmark) in labels
        ]
        return Measured(benchmarks=found, launches=count, walls=self.walls)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How many rows have no verdict: because theirs is open, or because their comparison's are withheld."""

    rows: int = 0
    open: int = 0
    withheld: int = 0

    def __add__(self, other: "Verdicts") -> "Verdicts":
        """Of both together."""
        return Verdicts(self.rows + other.rows, self.open + other.open, self.withheld + other.withheld)

    @property
    def unresolved(self) -> int:
        """For whatever reason."""
        return self.open + self.withheld


def record(comparison: Comparison, launches: int = RECORDED, rounds: int = FEWEST_ROUNDS) -> Recording:
    """Measure a comparison in so many launches of all its rows; what fails is left out."""
    preset = replace(PRESET, launches=launches, rounds=rounds)
    (measured,) = measure_in_turns([comparison], [Terms(preset, ENDLESS, SEED)])
    if measured.again is None:
        raise RuntimeError(f"{comparison.label}: nothing could be measured")
    return Recording(comparison, measured.again, measured.walls, tuple(measured.benchmarks))


def standing_of(recording: Recording, launches: int) -> Standing:
    """The comparison after so many launches of all its rows."""
    again = replace(recording.again, launches=PRESET.launches)
    return looked_at(recording.comparison, again, recording.part(0, launches))


def fixed(recordings: Sequence[Recording], launches: int) -> Verdicts:
    """The verdicts after equally many launches of each comparison."""
    return sum((verdicts(standing_of(recording, launches)) for recording in recordings), Verdicts())


def adaptive(recordings: Sequence[Recording], seconds: float) -> Verdicts:
    """The verdicts after the planned launches and as many extra ones as fit into these seconds."""
    recorded = {recording.comparison: recording for recording in recordings}
    standings = [standing_of(recording, PRESET.launches) for recording in recordings]
    left = seconds - sum(PRESET.launches * recording.seconds for recording in recordings)
    while one := most_worth(standings):
        launch = one.next_launch()
        left -= one.seconds_of(launch)
        if left < 0:
            break
        labels = {variant.label for variant in launch.variants}
        one.add(recorded[one.comparison].part(one.next_number, 1, labels), 1)
    return sum(map(verdicts, standings), Verdicts())


def verdicts(one: Standing) -> Verdicts:
    """What a report would say of the rows against the baselines: how many have no verdict."""
    baselines = baseline_labels(one.comparison.family).values()
    tables = {under: rows for under, rows in one.tables.items() if under in baselines}
    rows = sum(map(len, tables.values()))
    if all(reach(found.estimate) is None for found in noises(one.times).values()):
        return Verdicts(rows, withheld=rows)
    return Verdicts(rows, open=sum(len(still_open(one.times, rows, under)) for under, rows in tables.items()))


def main(
    family: Annotated[list[str] | None, typer.Option(help="which are recorded (repeatable)")] = None,
    launches: Annotated[
        list[int] | None,
        typer.Option(min=PRESET.launches, max=RECORDED, help="fixed ones to compare with (repeatable)"),
    ] = None,
) -> None:
    """Record families, and count the verdicts that each way leaves open for the same seconds; minutes per family."""
    shown = Table("family", "rows", "seconds", "fixed launches", "open, withheld", "with extra ones", "times fewer")
    for name in family or [name for name in patterns.families() if subjects(name).twice]:
        try:
            plan = make_plan(Filters(families=(name,), points=(MIDDLE,)), PRESET)
        except UnknownNameError as error:
            raise typer.BadParameter(str(error)) from None
        recorded = [record(comparison) for comparison in plan.comparisons]
        for count in launches or [FIXED]:
            seconds = count * sum(recording.seconds for recording in recorded)
            before, after = [], []
            for number in range(REPLAYS):
                shuffled = [recording.shuffled(random.Random(number)) for recording in recorded]
                before.append(fixed(shuffled, count))
                after.append(adaptive(shuffled, seconds))
            ratio = sum(one.unresolved for one in before) / max(1, sum(one.unresolved for one in after))
            shown.add_row(
                name, f"{before[0].rows}", f"{seconds:.0f}", f"{count}", means(before), means(after), f"{ratio:.1f}"
            )
    Terminal(width=120).print(shown)


def means(found: Sequence[Verdicts]) -> str:
    """Open and withheld verdicts, on average over the replays."""
    return f"{fmean(one.open for one in found):.0f}, {fmean(one.withheld for one in found):.0f}"


if __name__ == "__main__":
    run_study(main)
