"""asyncstdlib: `lru_cache` on any loop; entries end because the clock is one of the arguments.

Choose it when a function answers soon and is rarely asked for the same key twice at the same time.
It costs a stampede: whoever asks while a key is being loaded loads it, too. On a method it keeps instances alive.
"""

import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from asyncstdlib import lru_cache

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class StdlibCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        async def get(key: Key, period: int) -> Value:  # noqa: ARG001  a new period makes a new entry
            return await load(key)

        self._get = lru_cache(maxsize=max_size)(get)
        self._ttl = ttl

    def get(self, key: Key) -> Awaitable[Value]:
        return self._get(key, self._period())

    async def invalidate(self, key: Key) -> None:
        self._get.cache_discard(key, self._period())

    def _period(self) -> int:
        return 0 if self._ttl is None else int(time.monotonic() / self._ttl)


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    @lru_cache(maxsize=None)
    async def get(self, key: int) -> int:
        return await self._ask(key)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember
from typing import Any

from patterns.caches import Cache, Source

LIBRARY = "any"
KIND = "package"
REQUIRES = ("asyncstdlib>=3.14.0",)
NOT_APPLICABLE = (
    ("end_removes_nothing_newer", "entries have no life of their own: they end together, when a period is over"),
)
KNOWN_FAILURES = (
    ("single_flight", "", "no single flight: 42 of 43 callers load"),
    ("invalidated_is_loaded_later", "", "a load that was under way when its key was invalidated is kept when it ends"),
    (
        "old_load_harms_no_new_one",
        "",
        ("a load that was overtaken replaces the value of the one that came after it, or is given instead of it"),
    ),
    (
        "objects_are_collected",
        "",
        "on a method the cache belongs to the class, and holds every object that ever asked it",
    ),
    (
        "ttl_ends_an_entry",
        "",
        ("entries end together when a period of `ttl` seconds is over, not each `ttl` seconds after it was loaded"),
    ),
    ("ended_is_collected", "", "what has ended is forgotten only when the bound pushes it out"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    yield StdlibCache(load, ttl, max_size)


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base: Any = chain(depth - 1)

    class Refined(base):  # type: ignore[misc]
        @lru_cache(maxsize=None)
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    yield chain(depth)(load)
