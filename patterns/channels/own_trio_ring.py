"""Our own best for Trio's broadcasts: one ring for all, and where each subscriber stands in it.

Choose it when many read the same items: an item is written once, however many subscribers there are. The publisher
waits for the slowest, and for nobody who has left.
It costs these lines in your program. Each subscriber is one task; who need not wait looks whether it was cancelled, but
does not give the others a turn.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import trio
from trio.lowlevel import ParkingLot

T = TypeVar("T")


class Ring(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._items: list[Any] = [None] * capacity
        self._missing = [0] * capacity  # how many subscribers have not read an item
        self._written = 0
        self._subscribers: set[Cursor] = set()
        self._waiting = ParkingLot()  # subscribers who have read everything
        self._publishers = ParkingLot()

    async def publish(self, item: T) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        while self._missing[slot := self._written % len(self._items)]:
            await self._publishers.park()
        if self._subscribers:
            self._items[slot] = item
            self._missing[slot] = len(self._subscribers)
            self._written += 1
            self._waiting.unpark_all()
        self._next_publisher()

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[T]]]:
        cursor = Cursor(self._written)

        async def receive() -> T:
            await trio.lowlevel.checkpoint_if_cancelled()
            while cursor.read == self._written:
                await self._waiting.park()
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

    def _next_publisher(self) -> None:
        if self._publishers and not self._missing[self._written % len(self._items)]:
            self._publishers.unpark()


class Cursor:
    """Where a subscriber stands: how many items it has read, counted from the ring's first."""

    __slots__ = ("read",)

    def __init__(self, read: int) -> None:
        self.read = read


# --- how it fits the contract ---

from patterns.channels import Broadcast

LIBRARY = "trio"
KIND = "own"


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    ring = Ring[Any](capacity)
    yield Broadcast(ring.publish, ring.subscribe)
