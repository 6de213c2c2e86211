"""aiocache: the decorator `cached_stampede`: `cached` with a lock that is leased for two seconds.

Choose it when aiocache is there already and a load takes much less than the lease.
It costs a lock in the same store for every miss. The waits for all locks of the program stand in one table, by key: two
caches that share a key disturb each other, and a method that calls `super()`, both decorated, raises KeyError. A load
that outlasts the lease is joined by everybody who waited.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from aiocache import cached_stampede

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


def text(_: Callable[..., Any], key: Key) -> str:
    return str(key)  # the lock's key is this and "-lock"


class AiocacheCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None) -> None:
        self._load = load
        self.get = cached_stampede(ttl=ttl, key_builder=text)(load)

    async def invalidate(self, key: Key) -> None:
        await self.get.cache.delete(text(self._load, key))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.caches import Cache

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiocache>=0.12.3",)
KNOWN_FAILURES = (
    (
        "cancelled_caller_leaves",
        "<3.12",
        ("wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296"),
    ),
    (
        "slow_load_is_one",
        "",
        ("when the lease of 2 seconds is over all who wait load as well, as the docstring of RedLock admits"),
        "asyncio*",
    ),
    (
        "cancelled_leader_is_replaced_once",
        "",
        ("when the first caller is cancelled its lock is released to everybody who waits: each of them loads"),
    ),
    ("error_is_shared", "", "a load that fails releases its lock to everybody who waits: 6 callers make 6 loads"),
    ("any_value_is_kept", "", "https://github.com/aio-libs/aiocache/issues/452"),
    ("invalidated_is_loaded_later", "", "a load that was under way when its key was invalidated is kept when it ends"),
    ("caches_are_strangers", "", "https://github.com/aio-libs/aiocache/issues/979"),
    ("unequal_keys_are_strangers", "", 'a key is a text, of which the lock is made: 0 and "0" share an entry'),
    ("max_size_is_kept", "", "no bound: `max_size` is ignored"),
    ("longest_unused_leaves_first", "", "no bound: `max_size` is ignored, and nothing leaves"),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value],
    *,
    ttl: float | None = None,
    max_size: int | None = None,  # noqa: ARG001  there is no such bound
) -> AsyncIterator[Cache[Key, Value]]:
    yield AiocacheCache(load, ttl)
