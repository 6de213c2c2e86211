"""Whether the two engines agree on this machine: ``python -m benchmarks.cross_check``.

Measures a workload of every family on asyncio in turns and in pyperf's stock order, and compares the ratios to the
baseline. Two ratios agree when they lie no further apart than the wider of their two intervals reaches.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.allocation import MIDDLE, PRESETS
from benchmarks.engine_cost import interval_of_stock, interval_of_turns
from benchmarks.engines import Terms
from benchmarks.plan import Filters, make_plan
from benchmarks.run import ENGINES
from benchmarks.workloads import questions

# No workload that waits for timers: in pyperf's order nothing keeps the core awake.
CHECKED = {
    "locks": "contended",
    "fan_out": "one_hop",
    "batching": "scattered",
    "callbacks": "one_hop",
    "rate_limits": "uncontended",
    "caches": "hits",
}
SEED = 1

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
    """Compare the centre and half-width of each row; the largest difference comes first."""
    differences, disagreeing = [], []
    for label in turns.keys() & stock.keys():
        (one, narrow), (other, wide) = turns[label], stock[label]
        differences.append((abs(one - other), label))
        if abs(one - other) > max(narrow, wide):
            disagreeing.append((abs(one - other), label))
    return Agreement(sorted(differences, reverse=True), sorted(disagreeing, reverse=True))


def main(seconds: Annotated[float, typer.Option(help="for each family and engine")] = 60.0) -> None:
    """Measure every family twice, and print how many rows agree."""
    filters = Filters(tuple(CHECKED), tuple(CHECKED.values()), ("asyncio",), (), (MIDDLE,))
    shown = Table("workload", "rows", "agree", "difference: median", "largest", "those that do not agree")
    for comparison in make_plan(filters, PRESETS["quick"]).comparisons:
        if CHECKED[comparison.family] != comparison.workload:
            continue
        baseline = f"{questions(comparison.family).baseline['asyncio']}@asyncio"
        terms = [Terms(PRESETS["quick"], seconds, SEED)]
        (in_turns,) = ENGINES["turns"]([comparison], terms)
        (in_stock_order,) = ENGINES["pyperf"]([comparison], terms)
        found = agreement(interval_of_turns(in_turns, baseline), interval_of_stock(in_stock_order, baseline))
        sizes = [size for size, _ in found.differences]
        shown.add_row(
            f"{comparison.family}/{comparison.workload}",
            f"{found.rows}",
            f"{found.rows - len(found.disagreeing)}",
            *(f"{100 * math.expm1(size):.1f} %" for size in (median(sizes), max(sizes))),
            ", ".join(f"{label} {100 * math.expm1(size):.1f} %" for size, label in found.disagreeing) or "none",
        )
    Console(highlight=False, width=140).print(shown)


if __name__ == "__main__":
    typer.run(main)
