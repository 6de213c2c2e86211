"""Calls that come one by one, each of which needs what it needs."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from benchmarks.families.injection.parts import Thing
from benchmarks.families.injection.workloads import RESOURCES, Tally, chain
from benchmarks.plan.arrivals import Arrivals, Operate
from benchmarks.plan.backends import Toolkit
from patterns.injection import Family, Part

Prepare = Callable[[Family, Toolkit, int], AbstractAsyncContextManager[Operate]]


def calls(make: Callable[[Toolkit], list[Part]], needed: int = 1) -> Prepare:
    """Calls that need the last parts of these."""

    @asynccontextmanager
    async def prepare(family: Family, toolkit: Toolkit, n: int) -> AsyncIterator[Operate]:  # noqa: ARG001
        parts = make(toolkit)
        kinds = tuple(one.kind for one in parts[-needed:])

        async def work(*things: Thing) -> bool:
            return tuple(map(type, things)) == kinds

        async with family.program(parts, {}) as inject:
            call = inject(work, *kinds)
            await call()  # what is shared is there

            async def operate(number: int) -> bool:
                return bool(await call()) and number >= 0

            yield operate

    return prepare


def pool(toolkit: Toolkit) -> list[Part]:
    """A shared part."""
    return [Tally(toolkit).resource("Pool", shared=True)]


def resources(toolkit: Toolkit) -> list[Part]:
    """Parts that are opened and closed."""
    counted = Tally(toolkit)
    return [counted.resource(f"Resource{number}") for number in range(RESOURCES)]


ARRIVALS: dict[str, Arrivals | str] = {
    "warm": Arrivals(calls(pool)),
    "depth_1": Arrivals(calls(lambda _: chain(1))),
    "depth_5": Arrivals(calls(lambda _: chain(5))),
    "depth_20": Arrivals(calls(lambda _: chain(20))),
    "resources": Arrivals(calls(resources, RESOURCES)),
    "first_use": "the first ones of a program come at the same time, and once",
    "overrides": "a test begins when the one before has ended",
}
