"""Permits that are asked for one by one, where the limit is far away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.rate_limits.workloads import ENDLESS, ENDLESS_PERIOD
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.rate_limits import Family


@asynccontextmanager
async def permits(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  rates decide
    """Ask for one permit."""
    async with family.limiter(ENDLESS, ENDLESS_PERIOD) as limiter:

        async def operate(number: int) -> bool:  # noqa: ARG001  all permits are alike
            await limiter.acquire()
            return True

        yield operate


LIMITED = "waiting for the limit is the question, and how late permits come is read there"
ARRIVALS: dict[str, Arrivals | str] = {
    "uncontended": Arrivals(permits),
    "ten_a_second": LIMITED,
    "backlog": LIMITED,
    "blocked": LIMITED,
    "weighted_backlog": LIMITED,
    "paced_jobs": LIMITED,
}
