"""A dictionary and an `asyncio.Lock` for every key: look, lock, look again, load.

Choose it when a load hardly ever fails: whoever misses a key that is being loaded waits for it, and finds it there.
It costs a lock per key, kept for ever. When a load fails, everybody who waited asks again, one after the other.
"""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class LockedCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        self._load, self._ttl, self._max_size = load, ttl, max_size
        self._locks: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._entries: OrderedDict[Key, tuple[Value, float]] = OrderedDict()

    async def get(self, key: Key) -> Value:
        if self._fresh(key):
            return self._entries[key][0]
        async with self._locks[key]:
            if self._fresh(key):
                return self._entries[key][0]
            value = await self._load(key)
            self._entries[key] = value, time.monotonic()
            self._entries.move_to_end(key)
            if self._max_size is not None and len(self._entries) > self._max_size:
                self._entries.popitem(last=False)
            return value

    def _fresh(self, key: Key) -> bool:
        if key not in self._entries:
            return False
        if self._ttl is not None and time.monotonic() >= self._entries[key][1] + self._ttl:
            return False
        self._entries.move_to_end(key)
        return True

    async def invalidate(self, key: Key) -> None:
        self._entries.pop(key, None)


class Answers:
    """A template method: `get` remembers, subclasses refine `_load`."""

    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load
        self._known: dict[int, int] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, key: int) -> int:
        if key not in self._known:
            async with self._locks[key]:
                if key not in self._known:
                    self._known[key] = await self._load(key)
        return self._known[key]

    async def _load(self, key: int) -> int:
        return await self._ask(key)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember

from patterns.caches import Cache, Source

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "error_is_shared",
        "",
        ("everybody who waited for a load that failed loads again, one after the other: 6 loads for 6 callers"),
    ),
    ("invalidated_is_loaded_later", "", "a load that was under way when its key was invalidated is kept when it ends"),
    (
        "loading_keys_stay",
        "",
        ("the entry is made by one and read by the next: pushed out between the two, it is loaded again"),
    ),
    ("forgotten_is_collected", "", "the lock of each key that was ever asked for is kept"),
    ("ended_is_collected", "", "what has ended is dropped when its key is asked for again, and not before"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    yield LockedCache(load, ttl, max_size)


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base = chain(depth - 1)

    class Refined(base):  # type: ignore[misc, valid-type]
        async def _load(self, key: int) -> int:
            return 1 + int(await super()._load(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    yield chain(depth)(load)
