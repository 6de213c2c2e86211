"""Blocks that come one by one, each of which starts a service and stops it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.lifecycle.workloads import Services
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.lifecycle import Family


@asynccontextmanager
async def one(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """A block with one service."""
    held = Services(toolkit)

    async def operate(number: int) -> bool:
        before = held.ended
        async with family.running([held.idle]):
            pass
        await toolkit.hop()
        return held.ended > before and number >= 0

    yield operate


TROUBLE = "the services of a block are stopped as a whole when one fails: they are not independent of each other"
ARRIVALS: dict[str, Arrivals | str] = {
    "start_stop": Arrivals(one),
    "under_load": "the load is what else runs, and that is the same for all who come",
    "fails_at_start": TROUBLE,
    "fails_running": TROUBLE,
    "restart": TROUBLE,
}
