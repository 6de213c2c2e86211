"""A frozen snapshot, and a `trio.Lock` around reloads alone: one loads after the other.

Choose it when reloads may overlap: the one that was asked last loads last, and requests take no lock.
It costs the lock for each reload, and a wait for all that were asked before, each of which loads once more.
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
        self._turn = trio.Lock()
        self._outdated = trio.Event()

    async def reload(self) -> None:
        async with self._turn:
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
KNOWN_FAILURES = (("storm_makes_few_loads", "", "each reload loads"),)


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Snapshot(load, Settings.parse(await load()))


store = watched_store
