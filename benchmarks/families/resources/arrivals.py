"""Users who come one by one, each with a block of its own, or to a pool."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.resources.workloads import SIZE, Store, use
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.resources import Family


@asynccontextmanager
async def single(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """A block with one resource."""
    store = Store(toolkit)
    connects = [store.connect]

    async def operate(number: int) -> bool:  # noqa: ARG001  all are alike
        async with family.opened(connects) as handles:
            return len(handles) == 1

    yield operate


@asynccontextmanager
async def lease(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """A use of a pool, for a turn."""
    async with family.pool(Store(toolkit).connect, SIZE) as leases:

        async def operate(number: int) -> bool:
            await use(toolkit, leases, 1)
            return number >= 0

        yield operate


ONE = "they belong to one user, who waits for all of them"
ARRIVALS: dict[str, Arrivals | str] = {
    "single": Arrivals(single),
    "stack": ONE,
    "refused": ONE,
    "cancelled": "who is cancelled did not come for an answer",
    "leases": "its uses follow each other; contended has the tail of those who come by themselves",
    "contended": Arrivals(lease),
}
