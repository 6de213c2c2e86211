"""Correct, on AnyIO: one log of what was published and not read by all, and how far each subscriber has read."""

from collections import deque
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
        self.items: deque[Any] = deque()
        self.gone = 0  # items that all have read
        self.read: dict[object, int] = {}
        self.changed = anyio.Event()

    @property
    def end(self) -> int:
        return self.gone + len(self.items)

    def change(self) -> None:
        while self.items and self.gone < min(self.read.values(), default=self.end):
            self.items.popleft()
            self.gone += 1
        self.changed.set()
        self.changed = anyio.Event()

    async def publish(self, item: Any) -> None:
        while any(self.end - read >= self.capacity for read in self.read.values()):
            await self.changed.wait()
        self.items.append(item)
        self.change()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Receive]:
        me = object()

        async def receive() -> Any:
            while self.read[me] == self.end:
                await self.changed.wait()
            item = self.items[self.read[me] - self.gone]
            self.read[me] += 1
            self.change()
            return item

        self.read[me] = self.end
        try:
            yield receive
        finally:
            del self.read[me]
            self.change()


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    log = Log(capacity)
    yield Broadcast(log.publish, log.subscribe)
