"""`asyncstdlib.cached_property(asyncio.Lock)`, for a load that is to run once.

Choose it when a class has no subclass that refines the property, and several tasks read it for the first time.
It costs a lock each time that the property is looked up before it is known. Where an override asks `super()`, another
reader may get what the base has.
"""

from asyncio import Lock
from collections.abc import Callable, Coroutine
from typing import Any

from asyncstdlib import cached_property

Load = Callable[[int], Coroutine[Any, Any, int]]


class Report:
    def __init__(self, load: Load) -> None:
        self._source = load

    @cached_property(Lock)
    async def value(self) -> int:
        return await self._source(1)


def with_refined_value(base: type[Report], depth: int) -> type[Report]:
    class Refined(base):  # type: ignore[misc, valid-type]  # in a program, by its name
        @cached_property(Lock)
        async def value(self) -> int:
            return int(await super().value) + int(await self._source(depth))

    return Refined


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asyncstdlib>=3.14.0",)
KNOWN_FAILURES = (
    (
        "property_is_refined",
        "",
        "asyncstdlib 3.14.0: a base that is asked through super() puts what it has in the place of the override",
    ),
)


@remember
def chain(depth: int) -> type[Report]:
    return Report if depth == 1 else with_refined_value(chain(depth - 1), depth)


def valued(load: Load, depth: int) -> Report:
    return chain(depth)(load)
