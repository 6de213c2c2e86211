"""aiocache: a `SimpleMemoryCache`, read and written by hand.

Choose it when what is kept is not the answer of one function, and the store may move to another machine one day.
It costs a `wait_for` and a timer for every operation. Nothing holds back a stampede, and None cannot be told from what
is not there.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar, cast

from aiocache import SimpleMemoryCache

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


class AsideCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], store: SimpleMemoryCache) -> None:
        self._load, self._store = load, store

    async def get(self, key: Key) -> Value:
        value = await self._store.get(key)
        if value is None:
            value = await self._load(key)
            await self._store.set(key, value)
        return cast("Value", value)

    async def invalidate(self, key: Key) -> None:
        await self._store.delete(key)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

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
    ("single_flight", "", "between the look and the store lies a load: 42 of 43 callers load as well"),
    ("any_value_is_kept", "", "get() answers None for what is not there: None is loaded again"),
    ("invalidated_is_loaded_later", "", "a load that was under way when its key was invalidated is kept when it ends"),
    (
        "old_load_harms_no_new_one",
        "",
        ("a load that was overtaken replaces the value of the one that came after it, or is given instead of it"),
    ),
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
    async with SimpleMemoryCache(ttl=ttl) as store:
        yield AsideCache(load, store)
