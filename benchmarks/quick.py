"""The same workloads in one process under pytest-benchmark, for a fast look while writing an alternative.

``tox -e quick -- -k "locks and contended"``. Rough numbers: one process, no turns, no launches. Never quote them, and
never set them beside those of a report.
"""

import math
from typing import TYPE_CHECKING

import pytest

from benchmarks.engine.allocation import LOOKS, loops_of, settled
from benchmarks.engine.blocks import Bench
from benchmarks.engine.worker import look
from benchmarks.plan import services
from benchmarks.plan.availability import services_of, variants_of
from benchmarks.plan.filters import Filters, askable
from benchmarks.plan.unasked import unasked
from benchmarks.plan.variants import Variant
from benchmarks.plan.workloads import questions
from results.safety import hindrance

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

N = 100
ROUNDS = 10

VARIANTS: list[Variant | str] = [
    Variant(family, workload.name, N, name, backend)
    for family in askable(())
    for asked in [questions(family)]
    for workload in asked.workloads
    for name, backend in variants_of(asked, workload, Filters())[0]
]
VARIANTS += dict.fromkeys(
    hindrance(record) for record in unasked(Filters(), everywhere=True) if record["state"] != "not here"
)


class BlockClock:
    """A clock that moves only by what a block reports, so that the loop's start and the checks stay outside."""

    def __init__(self) -> None:
        """It starts at zero."""
        self.now = 0.0

    def read(self) -> float:
        """The timer that pytest-benchmark reads before and after a call."""
        return self.now

    def run(self, bench: Bench, loops: int, untimed: int) -> None:
        """Run one block and move on by the seconds that one operation took."""
        self.now += bench.block(loops, untimed).seconds / loops / bench.workload.operations(bench.variant.n)


CLOCK = BlockClock()


def name_of(variant: Variant | str) -> str:
    """What ``-k`` chooses by."""
    return (
        variant.partition(": ")[0]
        if isinstance(variant, str)
        else f"{variant.family}/{variant.workload}/{variant.label}"
    )


@pytest.mark.benchmark(timer=CLOCK.read)
@pytest.mark.parametrize("variant", VARIANTS, ids=name_of)
def test_quick(variant: Variant | str, benchmark: "BenchmarkFixture") -> None:
    """One variant; the times shown are seconds per operation. What can be asked nothing fails with the reason."""
    if isinstance(variant, str):
        pytest.fail(variant, pytrace=False)
    services.start(services_of(Filters((variant.family,), (), (variant.backend,), (variant.alternative,))))
    bench = Bench(variant)
    call = settled([look(bench) for _ in range(LOOKS)], limit=math.inf)
    loops = loops_of(call)
    benchmark.group = f"{variant.family}/{variant.workload}, n={N}, per {bench.workload.operation}"
    benchmark.pedantic(CLOCK.run, args=(bench, loops, call.untimed), rounds=ROUNDS, warmup_rounds=1)  # type: ignore[no-untyped-call]  # its own
