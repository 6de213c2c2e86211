"""Correct: a task owns the settings, and everybody else sends it what is to be done; nobody shares a variable."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import inf

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from patterns.config import Handler, Load, T, WatchedStore

LIBRARY = "anyio"


@dataclass(frozen=True)
class Pair:
    limit: int
    timeout: int


@dataclass
class Order:
    done: anyio.Event = field(default_factory=anyio.Event)
    error: BaseException | None = None


class Owner:
    def __init__(self, load: Load, pair: Pair, orders: MemoryObjectSendStream[Order]) -> None:
        self.load = load
        self.pair = pair
        self.version = 1
        self.orders = orders
        self.changes: list[anyio.Event] = []

    async def own(self, orders: MemoryObjectReceiveStream[Order]) -> None:
        async for first in orders:
            together = [first]
            while orders.statistics().current_buffer_used:
                together.append(orders.receive_nowait())
            error: BaseException | None = None
            try:
                texts = await self.load()
                self.pair = Pair(int(texts["limit"]), int(texts["timeout"]))
            except Exception as failure:
                error = failure
            else:
                self.version += 1
                for change in self.changes:
                    change.set()
                self.changes.clear()
            for order in together:
                order.error = error
                order.done.set()

    async def reload(self) -> None:
        order = Order()
        self.orders.send_nowait(order)
        await order.done.wait()
        if order.error:
            raise order.error

    async def limit(self) -> int:
        return self.pair.limit

    async def serve(self, handler: Handler[T]) -> T:
        pair = self.pair
        return await handler(pair)

    async def changed(self, after: int) -> tuple[int, Pair]:
        while self.version <= after:
            change = anyio.Event()
            self.changes.append(change)
            try:
                await change.wait()
            finally:
                if change in self.changes:
                    self.changes.remove(change)
        return self.version, self.pair


@asynccontextmanager
async def watched_store(load: Load) -> AsyncIterator[WatchedStore]:
    texts = await load()
    send, receive = anyio.create_memory_object_stream[Order](inf)
    settings = Owner(load, Pair(int(texts["limit"]), int(texts["timeout"])), send)
    with send, receive:
        async with anyio.create_task_group() as group:
            group.start_soon(settings.own, receive)
            yield settings
            group.cancel_scope.cancel()


store = watched_store
