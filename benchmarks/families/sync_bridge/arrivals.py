"""Blocking calls that come one by one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.sync_bridge.workloads import SHORT, SIZE
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.sync_bridge import Family


@asynccontextmanager
async def nothing_to_do(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """A call that has nothing to do."""
    async with family.calls(SIZE) as call:

        async def operate(number: int) -> bool:
            return bool(await call(abs, -number) == number)

        yield operate


@asynccontextmanager
async def short(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """A call of 10 us."""
    right = sum(SHORT)
    async with family.calls(SIZE) as call:

        async def operate(number: int) -> bool:  # noqa: ARG001  all are alike
            return bool(await call(sum, SHORT) == right)

        yield operate


THREADS = "its questions are those of threads, which ask again when they have an answer"
ARRIVALS: dict[str, Arrivals | str] = {
    "single": Arrivals(nothing_to_do),
    "short": Arrivals(short),
    "crowd": "they come at once; single and short have the tail of those who come by themselves",
    "computed": "it shows the longest stall of the loop itself",
    "asks": THREADS,
    "askers": THREADS,
    "ping_pong": THREADS,
    "nested": "each of its calls comes of the one before",
}
