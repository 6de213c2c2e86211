"""Requests that come one by one, while settings are loaded now and then."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.families.config.workloads import Source, at_once, in_two_parts
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.config import Family

RARELY = 100  # arrivals for one that reloads


@asynccontextmanager
async def side_by_side(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """A request that reads before and after a turn."""
    handler = partial(in_two_parts, toolkit)
    async with family.store(Source(toolkit).load) as settings:

        async def operate(number: int) -> bool:  # noqa: ARG001  all are alike
            return await settings.serve(handler)

        yield operate


@asynccontextmanager
async def read_mostly(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """A request that waits for nothing, or a reload whose load takes some turns."""
    async with family.store(Source(toolkit, turns=5).load) as settings:

        async def operate(number: int) -> bool:
            if number % RARELY == 0:
                await settings.reload()
            return await settings.serve(at_once)

        yield operate


ROW = "they follow each other; side_by_side has the tail of those who come by themselves"
RELOADS = "reloads are rare; read_mostly has the tail of requests that come beside them"
ARRIVALS: dict[str, Arrivals | str] = {
    "reads": ROW,
    "requests": ROW,
    "side_by_side": Arrivals(side_by_side),
    "read_mostly": Arrivals(read_mostly),
    "reloads": RELOADS,
    "refused": RELOADS,
    "storm": RELOADS,
    "watchers": "they wait for one change, which comes for all of them",
}
