"""A mixin with the memory, put in front of the class that has the answers.

Choose it when several classes want the same small memory, and a key is hardly ever asked for twice at the same time.
It costs a stampede: whoever asks while a key is being loaded loads it, too. All classes of a chain share one memory per
object, by key alone: put in front of a base and of a subclass, it stands there only once.
"""

from typing import Any


class Remembering:
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._known: dict[int, int] = {}

    async def get(self, key: int) -> int:
        if key not in self._known:
            base: Any = super()
            self._known[key] = await base.get(key)
        return self._known[key]


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember

from patterns.caches import Load, Source

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (("single_flight", "", "between the look and the store lies a load: 42 of 43 callers load as well"),)


class Plain:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    async def get(self, key: int) -> int:
        return await self._ask(key)


@remember
def plain(depth: int) -> type[Plain]:
    if depth == 1:
        return Plain
    base = plain(depth - 1)

    class Refined(base):  # type: ignore[misc, valid-type]
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@remember
def chain(depth: int) -> type[Plain]:
    class Remembered(Remembering, plain(depth)):  # type: ignore[misc]
        pass

    return Remembered


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    yield chain(depth)(load)
