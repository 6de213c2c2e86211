"""A dictionary, and nothing else: look, and if it is not there, load it and put it in.

Choose it when a key is never asked for twice at the same time.
It costs a stampede: between the look and the store lies an await, and whoever asks meanwhile loads, too.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class DictCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        self._load, self._ttl, self._max_size = load, ttl, max_size
        self._entries: OrderedDict[Key, tuple[Value, float]] = OrderedDict()

    async def get(self, key: Key) -> Value:
        if key in self._entries:
            value, loaded = self._entries[key]
            if self._ttl is None or time.monotonic() < loaded + self._ttl:
                self._entries.move_to_end(key)
                return value
        value = await self._load(key)
        self._entries[key] = value, time.monotonic()
        self._entries.move_to_end(key)
        if self._max_size is not None and len(self._entries) > self._max_size:
            self._entries.popitem(last=False)
        return value

    async def invalidate(self, key: Key) -> None:
        self._entries.pop(key, None)


class Answers:
    """A template method: `get` remembers, subclasses refine `_load`."""

    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load
        self._known: dict[int, int] = {}

    async def get(self, key: int) -> int:
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

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("single_flight", "", "between the look and the store lies a load: 42 of 43 callers load as well"),
    ("invalidated_is_loaded_later", "", "a load that was under way when its key was invalidated is kept when it ends"),
    (
        "old_load_harms_no_new_one",
        "",
        ("a load that was overtaken replaces the value of the one that came after it, or is given instead of it"),
    ),
    ("ended_is_collected", "", "what has ended is dropped when its key is asked for again, and not before"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    yield DictCache(load, ttl, max_size)


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
