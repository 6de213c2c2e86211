"""async-lru on each object: `__init__` puts the decorated method in place, instead of the class.

Choose it when a method is to be cached with async-lru: each object has its own cache, which goes with the object.
It costs a cache for every object. A subclass that refines `get` refines what comes out of the cache, each time anew.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from async_lru import alru_cache

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._known = alru_cache(maxsize=None)(load)

    async def get(self, key: int) -> int:
        return await self._known(key)

    async def close(self) -> None:
        await self._known.cache_close()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember

from patterns.caches import Source

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("async-lru>=2.4.0",)
KNOWN_FAILURES = (
    ("abandoned_load_is_ended", "", "the last caller cancels the task of the load, and does not wait for its end"),
)


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base = chain(depth - 1)

    class Refined(base):  # type: ignore[misc, valid-type]
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    made = chain(depth)(load)
    try:
        yield made
    finally:
        await made.close()
