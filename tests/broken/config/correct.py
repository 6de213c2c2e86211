"""On AnyIO, without the defects planted beside it: a snapshot, a lock around loads, an event for each version."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from patterns.config import Handler, Load, T, WatchedStore

LIBRARY = "anyio"


@dataclass(frozen=True)
class Settings:
    limit: int
    timeout: int


def parse(texts: Mapping[str, str]) -> Settings:
    return Settings(int(texts["limit"]), int(texts["timeout"]))


class Snapshot:
    def __init__(self, load: Load, first: Settings) -> None:
        self.load = load
        self.current = first
        self.version = 1
        self.begun = self.kept = 0
        self.turn = anyio.Lock()
        self.outdated = anyio.Event()

    async def limit(self) -> int:
        return self.current.limit

    async def serve(self, handler: Handler[T]) -> T:
        return await handler(self.current)

    async def reload(self) -> None:
        asked = self.begun
        await self.turn.acquire()
        try:
            if self.kept > asked:
                return
            self.begun += 1
            texts = await self.load()
            settings = parse(texts)
            self.kept = self.begun
            self.current = settings
            self.version += 1
            self.tell()
        finally:
            self.turn.release()

    def tell(self) -> None:
        self.outdated.set()
        self.outdated = anyio.Event()

    async def changed(self, after: int) -> tuple[int, Settings]:
        while self.version <= after:
            await self.outdated.wait()
        return self.version, self.current


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    yield Snapshot(load, parse(await load()))


store = watched_store
