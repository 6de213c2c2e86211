"""async-property: `async_cached_property`, with a lock per object and name.

Choose it when no override asks `super()`, and the value is wanted without `await` once it is there.
It costs a proxy around the value at every read. An override that asks its base waits for the lock that it holds itself.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from async_property import async_cached_property

Load = Callable[[int], Coroutine[Any, Any, int]]


class Report:
    def __init__(self, load: Load) -> None:
        self._source = load

    @async_cached_property  # type: ignore[untyped-decorator]
    async def value(self) -> int:
        return await self._source(1)


def with_refined_value(base: type[Report], depth: int) -> type[Report]:
    class Refined(base):  # type: ignore[misc, valid-type]  # in a program, by its name
        @async_cached_property  # type: ignore[untyped-decorator]
        async def value(self) -> int:
            return int(await super().value) + int(await self._source(depth))

    return Refined


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("async-property>=0.2.2",)
KNOWN_FAILURES = (
    (
        "property_is_refined",
        "",
        "async-property 0.2.2: one lock for a name: an override that asks super() waits for itself",
    ),
)


@remember
def chain(depth: int) -> type[Report]:
    return Report if depth == 1 else with_refined_value(chain(depth - 1), depth)


def valued(load: Load, depth: int) -> Report:
    return chain(depth)(load)
