"""Operations that arrive one by one, and are counted or told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.monitoring.workloads import SIZE, Received, operations
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.monitoring import Family


@asynccontextmanager
async def counted(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """Operations in a row."""
    async with family.counters() as meter:

        async def operate(number: int) -> bool:
            await operations(toolkit, meter)
            return number >= 0

        yield operate


@asynccontextmanager
async def told(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001  all are alike
    """An event, which must arrive."""
    async with family.waiting(Received(toolkit).get, SIZE) as send:

        async def operate(number: int) -> bool:
            await send(number)
            return number >= 0

        yield operate


LOAD = "a load is there all the time; what a watched operation takes is asked in counters and events"
ARRIVALS: dict[str, Arrivals | str] = {
    "spawn_heavy": LOAD,
    "wait_heavy": LOAD,
    "callback_heavy": LOAD,
    "block": "who arrives while the loop is held up waits for its end, whoever watches",
    "counted_spawns": LOAD,
    "counters": Arrivals(counted),
    "events": Arrivals(told),
    "overload": "who drops makes nobody wait",
}
