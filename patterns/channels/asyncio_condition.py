"""A deque under two `asyncio.Condition`s, as `queue.Queue` has it for threads.

Choose it when more must happen in one step than to take or to add an item: whoever holds the lock may look at all.
It costs the lock, twice per item, and waits for it.
"""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ClosedError(Exception):
    """Nothing more will come."""


class GuardedDeque(Generic[T]):
    def __init__(self, capacity: float) -> None:
        lock = asyncio.Lock()
        self._not_empty = asyncio.Condition(lock)
        self._not_full = asyncio.Condition(lock)
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._closed = False

    async def send(self, item: T) -> None:
        async with self._not_full:
            await self._not_full.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if self._closed:
                raise ClosedError
            self._items.append(item)
            self._not_empty.notify()

    async def receive(self) -> T:
        async with self._not_empty:
            await self._not_empty.wait_for(lambda: self._closed or self._items)
            if not self._items:
                raise ClosedError
            item = self._items.popleft()
            self._not_full.notify()
            return item

    async def close(self) -> None:
        async with self._not_empty:
            self._closed = True
            self._not_empty.notify_all()
            self._not_full.notify_all()


# --- how it fits the contract ---

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.channels import Channel

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("cancelled_receiver_loses_nothing", "<3.13", "https://github.com/python/cpython/issues/112202"),
    ("cancelled_sender_blocks_nobody", "<3.13", "https://github.com/python/cpython/issues/112202"),
    ("longest_waiter_first", "", "who comes as an item does overtakes those who wait"),
)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    items = GuardedDeque[Any](math.inf if capacity is None else capacity)
    yield Channel(items.send, items.receive, items.close)
