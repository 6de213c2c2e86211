"""Correct, on AnyIO: an event that has everybody look, and tickets that say whose turn it is."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import anyio

from patterns.channels import Channel

LIBRARY = "anyio"


class ClosedError(Exception):
    """Nothing more will come."""


class Between:
    def __init__(self, capacity: int | None) -> None:
        self.capacity = capacity
        self.changed = anyio.Event()
        self.numbers = count()
        self.items: deque[Any] = deque()
        self.receivers: deque[int] = deque()
        self.closed = False

    def change(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    async def send(self, item: Any) -> None:
        while not self.closed and self.capacity is not None and len(self.items) >= self.capacity:
            await self.changed.wait()
        if self.closed:
            raise ClosedError
        self.items.append(item)
        self.change()

    async def receive(self) -> Any:
        ticket = next(self.numbers)
        self.receivers.append(ticket)
        try:
            while (self.items and self.receivers[0] != ticket) or not (self.closed or self.items):
                await self.changed.wait()
            if not self.items:
                raise ClosedError
            return self.items.popleft()
        finally:
            self.receivers.remove(ticket)
            self.change()

    async def close(self) -> None:
        self.closed = True
        self.change()


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between = Between(capacity)
    yield Channel(between.send, between.receive, between.close)
