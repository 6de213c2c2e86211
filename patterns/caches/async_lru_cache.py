"""async-lru: `alru_cache`, the standard library's `lru_cache` for coroutine functions.

Choose it when a cache is one decorator on one function: a key is loaded once, in a task that survives its first caller.
It costs a task per load. On a method the cache belongs to the class: it keeps instances alive, and they share its size.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from async_lru import alru_cache

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class AsyncLruCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None, max_size: int | None) -> None:
        self.get = alru_cache(maxsize=max_size, ttl=ttl)(load)

    async def invalidate(self, key: Key) -> None:
        self.get.cache_invalidate(key)


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    @alru_cache(maxsize=None)
    async def get(self, key: int) -> int:
        return await self._ask(key)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember
from typing import Any

from patterns.caches import Cache, Source

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("async-lru>=2.4.0",)
KNOWN_FAILURES = (
    ("abandoned_load_is_ended", "", "the last caller cancels the task of the load, and does not wait for its end"),
    (
        "end_removes_nothing_newer",
        "",
        "the timer of a load that was invalidated is set on the load that came after it, and removes it too early",
    ),
    (
        "old_load_harms_no_new_one",
        "",
        "a task that fails pops whatever its key holds by now: a third load begins beside the second",
    ),
    (
        "loading_keys_stay",
        "",
        "with maxsize=1 a key whose task is under way is pushed out by the next, and loaded again",
    ),
    (
        "failed_loads_push_nothing_out",
        "",
        "an entry is pushed out when a load begins, also by one that fails: 3 of 3 are gone",
    ),
    (
        "objects_are_collected",
        "",
        "on a method the cache belongs to the class, and holds every object that ever asked it",
    ),
    ("nothing_left_behind", "", "the tasks of a method's cache, which belongs to the class, outlive the object"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[Cache[Key, Value]]:
    made = AsyncLruCache(load, ttl, max_size)
    try:
        yield made
    finally:
        await made.get.cache_close()


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base: Any = chain(depth - 1)

    class Refined(base):  # type: ignore[misc]
        @alru_cache(maxsize=None)
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    yield chain(depth)(load)
