"""One `asyncio.Future` for all who wait, each behind `asyncio.shield`.

Choose it when you want one thing that the next change resolves, as a promise is in other languages.
It costs a shield for each watcher, with a future of its own. Without it, whoever is cancelled cancels it for all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

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
        self._next: asyncio.Future[None] = asyncio.Future()

    async def reload(self) -> None:
        self.current = Settings.parse(await self._load())
        self.version += 1
        told, self._next = self._next, asyncio.Future()
        told.set_result(None)

    async def changed(self, after: int) -> tuple[int, Settings]:
        while self.version <= after:
            await asyncio.shield(self._next)
        return self.version, self.current

    async def limit(self) -> int:
        return self.current.limit

    async def serve(self, handler: Callable[[Settings], Awaitable[T]]) -> T:
        return await handler(self.current)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.config import WatchedStore

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
)


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Snapshot(load, Settings.parse(await load()))


store = watched_store
