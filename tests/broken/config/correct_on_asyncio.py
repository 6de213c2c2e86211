"""Correct, on asyncio: a dictionary that is replaced, a task for each load, and a future for each who waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import MappingProxyType

from patterns.config import Handler, Load, T, WatchedStore

LIBRARY = "asyncio"


class View:
    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = MappingProxyType(numbers)

    @property
    def limit(self) -> int:
        return self.numbers["limit"]

    @property
    def timeout(self) -> int:
        return self.numbers["timeout"]


class Replaced:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.version = 0
        self.view = View({})
        self.asked = 0
        self.answered = 0
        self.turn = asyncio.Condition()
        self.loading = False
        self.waiting: list[asyncio.Future[None]] = []

    async def limit(self) -> int:
        return self.view.limit

    async def serve(self, handler: Handler[T]) -> T:
        return await handler(self.view)

    async def reload(self) -> None:
        self.asked += 1
        mine = self.asked
        async with self.turn:
            while self.loading:
                await self.turn.wait()
            if self.answered >= mine:
                return
            self.loading = True
        covers = self.asked
        try:
            texts = await self.load()
            self.view = View({name: int(text) for name, text in texts.items()})
            self.version += 1
            self.answered = covers
        finally:
            self.loading = False
            async with self.turn:
                self.turn.notify_all()
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed(self, after: int) -> tuple[int, View]:
        while self.version <= after:
            future = asyncio.get_running_loop().create_future()
            self.waiting.append(future)
            try:
                await future
            except asyncio.CancelledError:
                self.waiting = [other for other in self.waiting if other is not future]
                raise
        return self.version, self.view


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    settings = Replaced(load)
    await settings.reload()
    yield settings


store = watched_store
