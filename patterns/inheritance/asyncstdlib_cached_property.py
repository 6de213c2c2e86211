"""`asyncstdlib.cached_property` on an async method.

Choose it when a property is not read by two tasks before it is known, or may be loaded twice.
It costs a wrong answer where an override asks `super()` and is read by another task meanwhile: that one may get what
the base has.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from asyncstdlib import cached_property

Load = Callable[[int], Coroutine[Any, Any, int]]


class Report:
    def __init__(self, load: Load) -> None:
        self._source = load

    @cached_property
    async def value(self) -> int:
        return await self._source(1)


def with_refined_value(base: type[Report], depth: int) -> type[Report]:
    class Refined(base):  # type: ignore[misc, valid-type]  # in a program, by its name
        @cached_property
        async def value(self) -> int:
            return int(await super().value) + int(await self._source(depth))

    return Refined


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "any"
KIND = "package"
REQUIRES = ("asyncstdlib>=3.14.0",)
KNOWN_FAILURES = (
    (
        "property_is_refined",
        "",
        "asyncstdlib 3.14.0: a base that is asked through super() puts what it has in the place of the override",
    ),
    ("property_is_loaded_once", "", "it is documented: without a lock, each task that finds nothing loads"),
)


@remember
def chain(depth: int) -> type[Report]:
    return Report if depth == 1 else with_refined_value(chain(depth - 1), depth)


def valued(load: Load, depth: int) -> Report:
    return chain(depth)(load)
