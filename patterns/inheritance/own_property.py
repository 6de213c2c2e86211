"""Our own best for asyncio: a descriptor that puts what was loaded in its own place.

Choose it when properties are read often: a value that is known is found like any attribute, it is loaded once, whoever
reads meanwhile, and an override may ask `super()`.
It costs these lines in your program. What a base gives through `super()` is not kept: the last class keeps the whole.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

Load = Callable[[int], Coroutine[Any, Any, int]]


class Known:
    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._value
        yield  # type: ignore[unreachable]  # what makes it a generator


class awaited_property:  # noqa: N801  used like a function
    def __init__(self, load: Callable[[Any], Coroutine[Any, Any, Any]]) -> None:
        self._load = load

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._loading = name, f"_{name}_is_loading"

    def __get__(self, thing: Any, owner: type) -> Awaitable[Any]:
        last = next(one.__dict__[self._name] for one in owner.__mro__ if self._name in one.__dict__)
        return (self._read if last is self else self._load)(thing)  # or else an override asks through super()

    async def _read(self, thing: Any) -> Any:
        place = vars(thing)
        while self._name not in place:
            if self._loading in place:
                if place[self._loading] is None:
                    place[self._loading] = asyncio.Event()
                await place[self._loading].wait()
                continue
            place[self._loading] = None
            try:
                place[self._name] = Known(await self._load(thing))
            finally:
                if (over := place.pop(self._loading)) is not None:
                    over.set()
        return await place[self._name]


class Report:
    def __init__(self, load: Load) -> None:
        self._source = load

    @awaited_property
    async def value(self) -> int:
        return await self._source(1)


def with_refined_value(base: type[Report], depth: int) -> type[Report]:
    class Refined(base):  # type: ignore[misc, valid-type]  # in a program, by its name
        @awaited_property
        async def value(self) -> int:
            return int(await super().value) + int(await self._source(depth))

    return Refined


# --- how it fits the contract ---

from functools import cache as remember

LIBRARY = "asyncio"
KIND = "own"


@remember
def chain(depth: int) -> type[Report]:
    return Report if depth == 1 else with_refined_value(chain(depth - 1), depth)


def valued(load: Load, depth: int) -> Report:
    return chain(depth)(load)
