"""`run_coroutine_threadsafe(queue.put(item), loop).result()`: threads that wait as a task would.

Choose it when threads must not run ahead of the loop: one that finds the queue full, or empty, waits for it.
It costs a task, two futures and two trips between threads per item, a hundred times what the item costs the queue.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class SharedQueue(Generic[T]):
    def __init__(self, capacity: int = 0) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[T] = asyncio.Queue(capacity)
        self._calls: set[Future[Any]] = set()
        self.send, self.receive = self._queue.put, self._queue.get

    def put(self, item: T) -> None:
        self._wait_for(self._queue.put(item))

    def get(self) -> T:
        return self._wait_for(self._queue.get())

    def _wait_for(self, call: Coroutine[Any, Any, R]) -> R:
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        self._calls.add(future)
        try:
            return future.result()
        finally:
            self._calls.discard(future)

    def close(self) -> None:
        """End the threads that wait by a ``CancelledError``."""
        for future in list(self._calls):
            future.cancel()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from patterns.channels import Inlet, Outlet

LIBRARY = "asyncio"


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    with closing(SharedQueue[Any](capacity or 0)) as queue:
        yield Inlet(queue.put, queue.receive)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    with closing(SharedQueue[Any](capacity or 0)) as queue:
        yield Outlet(queue.send, queue.get)
