"""Correct, and slow: a copy for each request, a turn before and after everything, and watchers that look again."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import anyio
from anyio.lowlevel import checkpoint

from patterns.config import Handler, Load, T, WatchedStore

LIBRARY = "anyio"


class Settings(SimpleNamespace):
    limit: int
    timeout: int


class Looking:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.settings = Settings()
        self.version = 0
        self.tickets = 0
        self.served = 0
        self.loading = False

    async def limit(self) -> int:
        await checkpoint()
        return self.settings.limit

    async def serve(self, handler: Handler[T]) -> T:
        copied = copy.copy(self.settings)
        await checkpoint()
        result = await handler(copied)
        await checkpoint()
        return result

    async def reload(self) -> None:
        self.tickets += 1
        ticket = self.tickets
        while self.loading and self.served < ticket:
            await checkpoint()
        if self.served >= ticket:
            return
        self.loading = True
        try:
            everybody = self.tickets
            texts = await self.load()
            numbers = {name: int(text) for name, text in texts.items()}
            await checkpoint()
            vars(self.settings).update(numbers)
            self.version += 1
            self.served = everybody
        finally:
            self.loading = False

    async def changed(self, after: int) -> tuple[int, Settings]:
        while self.version <= after:  # noqa: ASYNC110  it is slow on purpose
            await anyio.sleep(0.001)
        return self.version, copy.copy(self.settings)


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    settings = Looking(load)
    await settings.reload()
    yield settings


store = watched_store
