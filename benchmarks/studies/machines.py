"""What it costs to hand comparisons out, and what several hosts save: ``python -m benchmarks.studies.machines``.

The same comparisons, each row once, are measured as a run here does, on one host of a scheduler, and on several; all
hosts are on this machine, which needs a core for each. Whoever takes part is ready before the clock starts.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from benchmarks.engine.settings import Settings
from benchmarks.machines.hosts import SchedulerError
from benchmarks.machines.measuring import measure_on
from benchmarks.plan.comparisons import Plan, make_plan
from benchmarks.plan.filters import Filters, UnknownNameError
from benchmarks.plan.presets import PRESETS
from benchmarks.recording import open_record
from benchmarks.run import measure
from benchmarks.scheduled import hosts_for, reached
from benchmarks.studies.command import run_study
from benchmarks.studies.engine_cost import FAMILY
from benchmarks.words import fail
from results.terminal import Terminal

# As much work every time, however long it takes: no rounds that fill a budget, no passes that take a share of it.
ONCE = replace(PRESETS["smoke"], points=(1, 10, 100, 1000), passes={}, everywhere=False, few=False)
LONGEST = 3600.0  # seconds
SEED = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """The best of several times for the same work, in seconds: here, on one host, and on several."""

    here: float
    one: float
    several: float

    @classmethod
    def of(cls, took: Mapping[str, Sequence[float]]) -> "Cost":
        """By where: nothing for here, and two schedulers, the one with a single host first."""
        return cls(*(min(seconds) for seconds in took.values()))

    @property
    def overhead(self) -> float:
        """What one host takes longer, as a share of what it takes here."""
        return self.one / self.here - 1

    @property
    def speed_up(self) -> float:
        """How many times as fast several are as a run here."""
        return self.here / self.several


def seconds_at(where: str, plan: Plan, root: Path) -> float:
    """What measuring a plan takes, here or on the hosts of a scheduler; raises SchedulerError if there is none.

    It is recorded below ``root``.
    """
    with reached(where) as scheduler:
        settings = Settings(ONCE, "turns", LONGEST, SEED, root)
        writer = open_record(plan, settings)
        if scheduler:
            steps = measure_on(hosts_for(scheduler, writer), plan, settings, writer)
        else:
            steps = measure(plan, settings, writer)
        started = time.perf_counter()
        for _ in steps:
            pass
        return time.perf_counter() - started


def main(
    hosts: Annotated[int, typer.Option(min=2, help="how many; each wants a core")] = 2,
    repeats: Annotated[int, typer.Option(min=1, help="times that each way is tried; the best counts")] = 3,
    family: Annotated[list[str] | None, typer.Option(help="only this one (repeatable)")] = None,
) -> None:
    """Measure the same here, on one host and on several, alternately; some two minutes at the defaults."""
    try:
        plan = make_plan(Filters(tuple(family or (FAMILY,))), ONCE)
    except UnknownNameError as error:
        raise typer.BadParameter(str(error)) from None
    took: dict[str, list[float]] = {"": [], "local:1": [], f"local:{hosts}": []}
    try:
        for _ in range(repeats):
            for where, seconds in took.items():
                with tempfile.TemporaryDirectory() as folder:
                    seconds.append(seconds_at(where, plan, Path(folder)))
    except SchedulerError as error:
        fail(str(error))
    found = Cost.of(took)
    table = Table("where", "seconds, the best first", title=f"{len(plan.comparisons)} comparisons, each row once")
    for where, seconds in took.items():
        table.add_row(where or "here", ", ".join(f"{one:.1f}" for one in sorted(seconds)))
    console = Terminal(width=110)
    console.print(table)
    console.print(f"one host takes {100 * found.overhead:+.1f} % longer than a run here")
    console.print(f"{hosts} hosts are {found.speed_up:.2f} times as fast as a run here")


if __name__ == "__main__":
    run_study(main)
