"""What stands in for an alternative of ``patterns.caches``: answers that are there at once, or a load for each.

A load belongs to the workload where every answer takes one, whatever the cache; where it is the cache's merit to do
with fewer, none does.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.plan.nothing import Nothing
from patterns.caches import Load


class Known:
    """Knows what the loads answer; ``more`` is what the refinements of a method add."""

    def __init__(self, more: int = 0) -> None:
        self.more = more

    async def get(self, key: int, /) -> int:
        """The answer."""
        return 2 * key + 1 + self.more


class Loaded:
    """Remembers nothing."""

    def __init__(self, load: Load[int, int]) -> None:
        self.load = load

    async def get(self, key: int, /) -> int:
        """A load."""
        return await self.load(key)


class Knowing:
    """What workloads need whose answers need no load."""

    @staticmethod
    @asynccontextmanager
    async def cache(*_: Any, **__: Any) -> AsyncIterator[Known]:
        """It never loads."""
        yield Known()

    @staticmethod
    @asynccontextmanager
    async def source(_: Any, depth: int) -> AsyncIterator[Known]:
        """A method without any chain."""
        yield Known(depth - 1)


class Loading:
    """What workloads need whose answers take a load each."""

    @staticmethod
    @asynccontextmanager
    async def cache(load: Load[int, int], **_: Any) -> AsyncIterator[Loaded]:
        """It always loads."""
        yield Loaded(load)


ANSWERS = Nothing("answers that are there at once, without any load", Knowing)
LOADS = Nothing("a load for every answer, and no memory", Loading)
NOTHING: dict[str, Nothing | str] = {
    "hits": ANSWERS,
    "misses": LOADS,
    "zipf_mix": ANSWERS,
    "stampede": ANSWERS,
    "expiry": LOADS,
    "failing_loads": "the error comes out of a load, and how many of them there are is what a cache decides",
    "override_chain_1": ANSWERS,
    "override_chain_2": ANSWERS,
    "override_chain_4": ANSWERS,
}
