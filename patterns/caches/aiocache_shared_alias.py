"""aiocache: everything cached under one alias, in one store, without `self` in the key.

Choose it when an answer depends on its arguments alone, whatever the object and its class: one store, named in the
configuration, serves them all.
It costs exactly that: the key is module, bare function name and arguments, so that every object, every subclass that
overrides the method, and every other class of the module with a method of that name give each other's answers. When one
user clears the store, everybody's entries are gone, and the timers of the old ones remove what is stored next.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from aiocache import cached, caches

Key = TypeVar("Key")
Value = TypeVar("Value")
Load = Callable[[Key], Coroutine[Any, Any, Value]]

# Without this the store named "default" turns every value into a string.
caches.set_config(
    {
        "default": {
            "cache": "aiocache.SimpleMemoryCache",
            "serializer": {"class": "aiocache.serializers.NullSerializer"},
        }
    }
)


def only_key(_: Callable[..., Any], key: Key) -> Key:
    return key


class SharedCache(Generic[Key, Value]):
    def __init__(self, load: Load[Key, Value], ttl: float | None) -> None:
        self.get = cached(ttl=ttl, key_builder=only_key, alias="default")(load)

    async def invalidate(self, key: Key) -> None:
        await caches.get("default").delete(key)


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    @cached(alias="default", noself=True)  # type: ignore[untyped-decorator]
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
        "classes_are_strangers",
        "",
        ("the key holds the bare name of the function: a base answers what its subclass refined, and vice versa"),
    ),
    ("caches_are_strangers", "", "the key leaves out `self`: two objects give each other's answers"),
    ("any_value_is_kept", "", "https://github.com/aio-libs/aiocache/issues/452"),
    ("invalidated_is_loaded_later", "", "a load that was under way when its key was invalidated is kept when it ends"),
    (
        "old_load_harms_no_new_one",
        "",
        ("a load that was overtaken replaces the value of the one that came after it, or is given instead of it"),
    ),
    (
        "end_removes_nothing_newer",
        "",
        ("clear() forgets the entries and not their timers: what is stored next ends when its predecessor would have"),
    ),
    ("single_flight", "", "between the look and the store lies a load: 42 of 43 callers load as well"),
    (
        "cancelled_caller_leaves",
        "<3.12",
        ("wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296"),
    ),
    (
        "cancelled_leader_leaves_an_answer",
        "<3.12",
        ("wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296"),
    ),
    (
        "cancelled_follower_harms_nobody",
        "<3.12",
        ("wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296"),
    ),
    (
        "only_own_errors",
        "<3.12",
        ("wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296"),
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
    try:
        yield SharedCache(load, ttl)
    finally:
        await caches.get("default").clear()


@remember
def chain(depth: int) -> type[Answers]:
    if depth == 1:
        return Answers
    base: Any = chain(depth - 1)

    class Refined(base):  # type: ignore[misc]
        @cached(alias="default", noself=True)  # type: ignore[untyped-decorator]
        async def get(self, key: int) -> int:
            return 1 + int(await super().get(key))

    return Refined


@asynccontextmanager
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Source]:
    try:
        yield chain(depth)(load)
    finally:
        await caches.get("default").clear()
