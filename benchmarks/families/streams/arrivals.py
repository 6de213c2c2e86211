"""Streams that are opened one by one, each of which is left after its first item."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.streams.workloads import WORKLOADS, Sources
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.streams import Family


@asynccontextmanager
async def first(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:
    """A stream of which one item is read."""
    sources = Sources(toolkit)

    async def operate(number: int) -> bool:
        async with family.items(sources.source(n)) as stream:
            async for item in stream:
                return item == 0 and number >= 0
        return False

    yield operate


WHY = "the items of a stream come one after the other: the next is asked for once the last has been read"
ARRIVALS: dict[str, Arrivals | str] = {
    **{workload.name: WHY for workload in WORKLOADS},
    "one_percent": Arrivals(first),
}
