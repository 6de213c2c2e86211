"""aiocache: the decorator `cached`, over a `SimpleMemoryCache`.

Choose it when the store may move from memory to Redis or Memcached one day: nothing but an argument changes.
It costs a `wait_for` and a timer for every operation. Nothing holds back a stampede, None is never remembered, and the
key of a method is the text of its arguments: an object that lives where another one lived gets that one's answers.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from aiocache import cached

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]


def only_key(_: Callable[..., Any], key: Key) -> Key:
    return key


class AiocacheCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None) -> None:
        self.get = cached(ttl=ttl, key_builder=only_key)(load)

    async def invalidate(self, key: Key) -> None:
        await self.get.cache.delete(key)


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    @cached()  # type: ignore[untyped-decorator]
    async def get(self, key: int) -> int:
        return await self._ask(key)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember

from patterns.caches import Cache, Source

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
    ("any_value_is_kept", "", "https://github.com/aio-libs/aiocache/issues/452"),
    ("caches_are_strangers", "", "https://github.com/aio-libs/aiocache/issues/734"),
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
    yield AiocacheCache(load, ttl)


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base: Any = chain(depth - 1)

    class Refined(base):  # type: ignore[misc]
        @cached()  # type: ignore[untyped-decorator]
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    yield chain(depth)(load)
