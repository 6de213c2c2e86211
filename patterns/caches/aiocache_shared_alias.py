"""aiocache: methods cached under one alias, without `self` in the key.

Choose it when a method's answer depends on its arguments alone, whatever the object and its class: one store, named in
the configuration, serves them all.
It costs exactly that: the key is module, bare function name and arguments, so that every object, every subclass that
overrides the method, and every other class of the module with a method of that name give each other's answers.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache as remember
from typing import Any

from aiocache import cached, caches

from patterns.caches import Load

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiocache>=0.12.3",)
KNOWN_FAILURES = (
    (
        "classes_are_strangers",
        "",
        "the key holds the bare name of the function: a base answers what its subclass refined, and vice versa",
    ),
    ("caches_are_strangers", "", "the key leaves out `self`: two objects give each other's answers"),
    ("single_flight", "", "between the look and the store lies a load: 42 of 43 callers load as well"),
    (
        "cancelled_caller_leaves",
        "<3.12",
        "wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296",
    ),
    (
        "cancelled_leader_leaves_an_answer",
        "<3.12",
        "wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296",
    ),
    (
        "cancelled_follower_harms_nobody",
        "<3.12",
        "wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296",
    ),
    (
        "only_own_errors",
        "<3.12",
        "wait_for swallows a cancellation that comes with its result: https://github.com/python/cpython/issues/86296",
    ),
)

# Without this the store named "default" turns every value into a string.
caches.set_config(
    {
        "default": {
            "cache": "aiocache.SimpleMemoryCache",
            "serializer": {"class": "aiocache.serializers.NullSerializer"},
        }
    }
)


class Answers:
    def __init__(self, load: Load[int, int]) -> None:
        self._ask = load

    @cached(alias="default", noself=True)  # type: ignore[untyped-decorator]
    async def get(self, key: int) -> int:
        return await self._ask(key)


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
async def source(load: Load[int, int], depth: int) -> AsyncIterator[Answers]:
    try:
        yield chain(depth)(load)
    finally:
        await caches.get("default").clear()
