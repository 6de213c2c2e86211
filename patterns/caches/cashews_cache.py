"""cashews: its decorator over memory; whoever misses a key that is being loaded awaits the same task.

Choose it when a program wants one interface for memory and Redis, and its callers are never cancelled.
It costs a task for every call, even for a hit. The task is not shielded: one caller that goes away, such as a client
that hangs up, cancels everybody who waits for the same key.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from cashews import Cache

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class CashewsCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], store: Cache, ttl: float | None) -> None:
        @store(ttl=ttl, key="answer:{key}")
        async def get(key: Key) -> Value:
            return await load(key)

        self.get = get
        self._store = store

    async def invalidate(self, key: Key) -> None:
        await self._store.delete(f"answer:{key}")


# --- how it fits the contract ---

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("cashews>=7.6.0",)
KNOWN_FAILURES = (
    (
        "cancelled_leader_leaves_an_answer",
        "",
        "the task of a load is awaited without a shield: one caller that is cancelled cancels all who wait",
    ),
    (
        "cancelled_follower_harms_nobody",
        "",
        "the task of a load is awaited without a shield: one caller that is cancelled cancels all who wait",
    ),
    (
        "only_own_errors",
        "",
        "whoever waits beside a caller that is cancelled gets CancelledError, though nobody cancelled him",
    ),
    ("any_value_is_kept", "", "an exception that is a value, not raised, is not kept"),
    ("invalidated_is_loaded_later", "", "a load that was under way when its key was invalidated is kept when it ends"),
    ("unequal_keys_are_strangers", "", 'keys are texts: "1" and b"1" share an entry'),
    ("forgotten_is_collected", "", "a cache is held by a registry when it is closed and no longer used"),
    ("nothing_left_behind", "", "close() does not wait for the tasks of loads: 3 live on"),
    (
        "longest_unused_leaves_first",
        "",
        "with eager tasks an answer can come from the task that has just ended, which does not count as a use",
        "asyncio-eager",
    ),
)


@asynccontextmanager
async def cache(
    load: Load[Key, Value], *, ttl: float | None = None, max_size: int | None = None
) -> AsyncIterator[CashewsCache[Key, Value]]:
    store = Cache()
    store.setup("mem://", size=sys.maxsize if max_size is None else max_size)
    try:
        yield CashewsCache(load, store, ttl)
    finally:
        await store.close()
