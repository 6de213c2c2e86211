"""One `asyncio.Event` for all changes, set and cleared at once: a trap.

Choose it when watchers do nothing but wait, and may miss a change.
It costs the change that comes while a watcher is busy: it is told of none before the next one, which may never come.
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
        self._changed = asyncio.Event()

    async def reload(self) -> None:
        self.current = Settings.parse(await self._load())
        self.version += 1
        self._changed.set()
        self._changed.clear()

    async def changed(self, after: int) -> tuple[int, Settings]:  # noqa: ARG002  it does not look at the version
        await self._changed.wait()
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
KIND = "trap"
KNOWN_FAILURES = (
    ("watcher_misses_no_last_version", "", "who is busy as the event is set waits for the next change"),
    ("overlap_ends_with_the_last", "", "the load that ends last has the last word, though it began first"),
    ("storm_makes_few_loads", "", "each reload loads"),
)


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Snapshot(load, Settings.parse(await load()))


store = watched_store
