"""A frozen snapshot, its version, and a `trio.Condition` that tells of a change.

Choose it when you want what every textbook has: who waits looks whether the version is a later one, under the lock.
It costs a turn of the lock for each watcher that is woken, one after the other. Requests take no lock: a snapshot is
whole by itself.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import trio

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True)
class Settings:
    limit: int
    timeout: int

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> "Settings":
        return cls(int(texts["limit"]), int(texts["timeout"]))


class Snapshot:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self.current, self.version = first, 1
        self._changes = trio.Condition()

    async def reload(self) -> None:
        settings = Settings.parse(await self._load())
        async with self._changes:
            self.current = settings
            self.version += 1
            self._changes.notify_all()

    async def changed(self, after: int) -> tuple[int, Settings]:
        async with self._changes:
            while self.version <= after:
                await self._changes.wait()
            return self.version, self.current

    async def limit(self) -> int:
        return self.current.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(self.current)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import WatchedStore

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
)


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Snapshot(load, Settings.parse(await load()))


store = watched_store
