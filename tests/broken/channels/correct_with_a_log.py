"""Correct, on AnyIO: one list of all that was published, and how far each subscriber has read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel

from patterns.channels import Broadcast, Receive

LIBRARY = "anyio"


class Log:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.items: list[Any] = []
        self.read: dict[object, int] = {}
        self.changed = anyio.Event()

    def change(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    async def publish(self, item: Any) -> None:
        while any(len(self.items) - read >= self.capacity for read in self.read.values()):
            await self.changed.wait()
        self.items.append(item)
        self.change()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Receive]:
        me = object()

        async def receive() -> Any:
            while self.read[me] == len(self.items):
                await self.changed.wait()
            item = self.items[self.read[me]]
            self.read[me] += 1
            self.change()
            return item

        self.read[me] = len(self.items)
        try:
            yield receive
        finally:
            del self.read[me]
            self.change()


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    log = Log(capacity)
    yield Broadcast(log.publish, log.subscribe)
