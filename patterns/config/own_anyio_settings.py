"""Our own best for AnyIO: a frozen snapshot, loads shared behind a lock, an event for each version.

Choose it when the same code is to run on asyncio and on Trio: requests take no lock and wait for nothing, reloads that
are asked together share a load that begins afterwards, so that the newest wins, and watchers miss no last version.
It costs these lines in your program, and a turn of the lock for each reload.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import anyio

T = TypeVar("T")
Load = Callable[[], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Settings:
    limit: int
    timeout: int

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> "Settings":
        return cls(int(texts["limit"]), int(texts["timeout"]))


class Settled:
    def __init__(self, load: Load, first: Settings) -> None:
        self._load = load
        self.current, self.version = first, 1
        self._begun = self._kept = 0  # loads, by their numbers: the last one that began, and that ended well
        self._turn = anyio.Lock(fast_acquire=True)
        self._outdated = anyio.Event()

    async def reload(self) -> None:
        asked = self._begun
        async with self._turn:
            if self._kept > asked:
                return  # a load that began afterwards has ended meanwhile
            self._begun += 1
            self.current = Settings.parse(await self._load())
            self._kept = self._begun
            self.version += 1
            self._outdated.set()
            self._outdated = anyio.Event()

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

LIBRARY = "anyio"
KIND = "own"


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Settled(load, Settings.parse(await load()))


store = watched_store
