"""A frozen snapshot, and a `trio.Event` for each version, set when the next is there.

Choose it when you want a change to be told by trio's simplest part: who waits has hold of an event that is set
once, and that nobody clears.
It costs a new event for each change.
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
        self._outdated = trio.Event()

    async def reload(self) -> None:
        self.current = Settings.parse(await self._load())
        self.version += 1
        self._outdated.set()
        self._outdated = trio.Event()

    async def changed(self, after: int) -> tuple[int, Settings]:
        while self.version <= after:
            await self._outdated.wait()
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
