"""Correct, on AnyIO: a deque between two semaphores, one that counts items and one that counts places."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio

from patterns.channels import Channel

LIBRARY = "anyio"
MANY = 1_000_000  # places


class ClosedError(Exception):
    """Nothing more will come."""


class Between:
    def __init__(self, capacity: int | None) -> None:
        self.there = anyio.Semaphore(0)
        self.places = anyio.Semaphore(MANY if capacity is None else capacity)
        self.items: deque[Any] = deque()
        self.closed = False

    async def send(self, item: Any) -> None:
        await self.places.acquire()
        if self.closed:
            self.places.release()  # for the next sender
            raise ClosedError
        self.items.append(item)
        self.there.release()

    async def receive(self) -> Any:
        await self.there.acquire()
        if not self.items:
            self.there.release()  # for the next receiver
            raise ClosedError
        self.places.release()
        return self.items.popleft()

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.there.release()
            self.places.release()


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between = Between(capacity)
    yield Channel(between.send, between.receive, between.close)
