"""Our own best for asyncio's broadcasts: one ring for all, and where each subscriber stands in it.

Choose it when many read the same items: an item is written once, however many subscribers there are. The publisher
waits for the slowest, and for nobody who has left.
It costs these lines in your program. Each subscriber is one task.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Ring(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._create_future = asyncio.get_running_loop().create_future
        self._items: list[Any] = [None] * capacity
        self._missing = [0] * capacity  # how many subscribers have not read an item
        self._written = 0
        self._subscribers: set[Cursor] = set()
        self._waiting: list[asyncio.Future[None]] = []  # subscribers who have read everything
        self._publishers: deque[asyncio.Future[None]] = deque()

    async def publish(self, item: T) -> None:
        while self._missing[slot := self._written % len(self._items)]:
            await self._place()
        if self._subscribers:
            self._items[slot] = item
            self._missing[slot] = len(self._subscribers)
            self._written += 1
            for subscriber in self._waiting:
                if not subscriber.done():
                    subscriber.set_result(None)
            self._waiting.clear()
        self._next_publisher()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[T]]]:
        cursor = Cursor(self._written)

        async def receive() -> T:
            while cursor.read == self._written:
                await self._news()
            return self._take(cursor)

        self._subscribers.add(cursor)
        try:
            yield receive
        finally:
            self._subscribers.discard(cursor)
            while cursor.read < self._written:
                self._take(cursor)

    def _take(self, cursor: "Cursor") -> T:
        slot = cursor.read % len(self._items)
        item: T = self._items[slot]
        cursor.read += 1
        self._missing[slot] -= 1
        if not self._missing[slot]:
            self._items[slot] = None
            self._next_publisher()
        return item

    async def _news(self) -> None:
        waiting = self._create_future()
        self._waiting.append(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            raise

    async def _place(self) -> None:
        publisher = self._create_future()
        self._publishers.append(publisher)
        try:
            await publisher
        except asyncio.CancelledError:
            if publisher.cancelled():
                if publisher in self._publishers:
                    self._publishers.remove(publisher)
            else:
                self._next_publisher()
            raise

    def _next_publisher(self) -> None:
        while self._publishers and not self._missing[self._written % len(self._items)]:
            publisher = self._publishers.popleft()
            if not publisher.done():
                publisher.set_result(None)
                return


class Cursor:
    """Where a subscriber stands: how many items it has read, counted from the ring's first."""

    __slots__ = ("read",)

    def __init__(self, read: int) -> None:
        self.read = read


# --- how it fits the contract ---

from patterns.channels import Broadcast

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    ring = Ring[Any](capacity)
    yield Broadcast(ring.publish, ring.subscribe)
