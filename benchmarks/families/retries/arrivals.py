"""Calls that arrive one by one, a few of which fail for a moment."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.retries.workloads import ATTEMPTS, ON, FlakyService
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.retries import Family


@asynccontextmanager
async def calls(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  see below
    """Call once; how many calls are under way is for their rate to say."""
    service = FlakyService(toolkit, Counter(), share=0.1)
    call = family.retrying(ON, ATTEMPTS, 0, 0)(service.call)

    async def operate(number: int) -> bool:
        return await call(number) == number

    yield operate


IN_A_ROW = "its calls come one after the other; together asks for calls that come one by one"
ARRIVALS: dict[str, Arrivals | str] = {
    "at_once": IN_A_ROW,
    "failing_1": IN_A_ROW,
    "failing_10": IN_A_ROW,
    "failing_50": IN_A_ROW,
    "hopeless": IN_A_ROW,
    "together": Arrivals(calls),
    "methods": IN_A_ROW,
    "within": IN_A_ROW,
    "all_but": IN_A_ROW,
    "waits": "waiting is the question, and a schedule of arrivals would wait for it, too",
}
