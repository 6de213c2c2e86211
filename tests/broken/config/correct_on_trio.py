"""Correct, on Trio: named tuples, whoever reloads is the loader for all who asked before, and parked watchers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import trio

from patterns.config import Handler, Load, T, WatchedStore

LIBRARY = "trio"


class Settings(NamedTuple):
    limit: int
    timeout: int


class Parked:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.versions: list[Settings] = []
        self.one_at_a_time = trio.Semaphore(1)
        self.wanted = False
        self.watchers = trio.lowlevel.ParkingLot()

    @property
    def version(self) -> int:
        return len(self.versions)

    async def limit(self) -> int:
        await trio.lowlevel.checkpoint()
        return self.versions[-1].limit

    async def serve(self, handler: Handler[T]) -> T:
        return await handler(self.versions[-1])

    async def reload(self) -> None:
        self.wanted = True
        async with self.one_at_a_time:
            if not self.wanted:
                return
            self.wanted = False
            try:
                texts = await self.load()
                self.versions.append(Settings(int(texts["limit"]), int(texts["timeout"])))
            except BaseException:
                self.wanted = True
                raise
            self.watchers.unpark_all()

    async def changed(self, after: int) -> tuple[int, Settings]:
        while self.version <= after:
            await self.watchers.park()
        await trio.lowlevel.checkpoint()
        return self.version, self.versions[-1]


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    settings = Parked(load)
    await settings.reload()
    yield settings


store = watched_store
