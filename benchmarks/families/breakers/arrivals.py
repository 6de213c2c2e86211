"""Calls through a gate that come one by one, while the service is well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.families.breakers.workloads import FAILURES, NEVER, PATIENCE, well
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.breakers import Family, Gate

ROOM = 1_000_000  # places: more than calls can come while one of them is under way


@asynccontextmanager
async def at_once(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """A call that is answered at once."""
    async with family.breaker(FAILURES, NEVER, PATIENCE) as gate:

        async def operate(number: int) -> bool:  # noqa: ARG001  all calls are alike
            return await gate.call(well) == 1

        yield operate


@asynccontextmanager
async def after_a_turn(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """A call that takes a turn of the loop."""
    async with family.breaker(FAILURES, NEVER, PATIENCE) as gate:
        yield _turn(gate, toolkit)


@asynccontextmanager
async def with_a_place(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
    """The same through a bulkhead that has a place for everybody."""
    async with family.bulkhead(ROOM) as gate:
        yield _turn(gate, toolkit)


def _turn(gate: Gate, toolkit: Toolkit) -> Operate:
    async def operate(number: int) -> bool:
        async def call() -> int:
            await toolkit.hop()
            return number

        return await gate.call(call) == number

    return operate


DOWN = "the service is down for all who come, or for none: they are not independent of each other"
ARRIVALS: dict[str, Arrivals | str] = {
    "closed": Arrivals(at_once),
    "one_hop": Arrivals(after_a_turn),
    "open": DOWN,
    "flapping": DOWN,
    "outage": DOWN,
    "half_open": DOWN,
    "places": Arrivals(with_a_place),
    "crowded": "who comes to a place depends on who is inside",
}
