"""Correct, on AnyIO, and slow: the loop's side looks into a queue of threads every millisecond."""

import math
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio

from patterns.channels import Inlet, Outlet

LIBRARY = "anyio"
PAUSE = 0.001  # seconds


class LeftError(Exception):
    """The block has been left."""


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110  this is its style
        await anyio.sleep(PAUSE)


class Between:
    def __init__(self, capacity: int | None) -> None:
        self.capacity = math.inf if capacity is None else capacity
        self.changed = threading.Condition()
        self.items: deque[Any] = deque()
        self.left = False

    def has_room(self) -> bool:
        return len(self.items) < self.capacity

    def put(self, item: Any) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.left or self.has_room())
            if self.left:
                raise LeftError
            self.items.append(item)
            self.changed.notify_all()

    def get(self) -> Any:
        with self.changed:
            self.changed.wait_for(lambda: self.left or self.items)
            if self.left:
                raise LeftError
            item = self.items.popleft()
            self.changed.notify_all()
            return item

    async def send(self, item: Any) -> None:
        await until(self.has_room)
        self.put(item)

    async def receive(self) -> Any:
        await until(lambda: self.items)
        return self.get()

    def leave(self) -> None:
        with self.changed:
            self.left = True
            self.changed.notify_all()


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    between = Between(capacity)
    try:
        yield Inlet(between.put, between.receive)
    finally:
        between.leave()


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    between = Between(capacity)
    try:
        yield Outlet(between.send, between.get)
    finally:
        between.leave()
