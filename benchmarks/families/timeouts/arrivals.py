"""Calls that arrive one by one, each under a deadline that does not come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.timeouts.workloads import HOUR, at_once, hopping
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.timeouts import Family


@asynccontextmanager
async def one_hop(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  calls are alike
    """Make a call that waits one turn."""
    body = hopping(toolkit)

    async def operate(number: int) -> bool:  # noqa: ARG001  calls are alike
        return await family.within(HOUR, body) == 1

    yield operate


@asynccontextmanager
async def ready(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  calls are alike
    """Make a call that does not wait."""

    async def operate(number: int) -> bool:  # noqa: ARG001  calls are alike
        return await family.within(HOUR, at_once) == 1

    yield operate


NESTED = "one_hop has the tail of a deadline; these are several around one call"
ONE = "its steps or messages belong to one caller, who waits for all of them"
ARRIVALS: dict[str, Arrivals | str] = {
    "one_hop": Arrivals(one_hop),
    "ready": Arrivals(ready),
    "crowd": "all callers wait for each other",
    "all_expire": "its calls are over when the deadline comes, and how many turns later is read there",
    "few_expire": "its calls are over when the deadline comes, and how many turns later is read there",
    "nested_2": NESTED,
    "nested_4": NESTED,
    "nested_8": NESTED,
    "one_deadline": ONE,
    "messages": ONE,
    "clean_up": "clean-ups are no requests that arrive",
}
