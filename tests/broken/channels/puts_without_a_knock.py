"""A thread calls `Queue.put_nowait` of asyncio's itself, and the loop sleeps on."""

import asyncio
import math
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.channels import Inlet

LIBRARY = "asyncio"
KNOWN_FAILURES = (("thread_wakes_the_loop", "", "call_soon wakes no loop of another thread"),)


class Bounded:
    def __init__(self, capacity: int | None) -> None:
        self.capacity = math.inf if capacity is None else capacity
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self.room = threading.Condition()
        self.left = False

    def put(self, item: Any) -> None:
        with self.room:
            self.room.wait_for(lambda: self.left or self.queue.qsize() < self.capacity)
            self.queue.put_nowait(item)

    async def receive(self) -> Any:
        item = await self.queue.get()
        with self.room:
            self.room.notify()
        return item

    def leave(self) -> None:
        with self.room:
            self.left = True
            self.room.notify_all()


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    bounded = Bounded(capacity)
    try:
        yield Inlet(bounded.put, bounded.receive)
    finally:
        bounded.leave()
