"""A memory object stream behind `anyio.from_thread.BlockingPortal`.

Choose it when threads and AnyIO's tasks share a stream, on any loop: a thread that finds it full, or empty, waits as a
task would.
It costs a task and two trips between threads per item.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

T = TypeVar("T")


class SharedStream(Generic[T]):
    def __init__(self, portal: BlockingPortal, capacity: float) -> None:
        self._portal = portal
        self._send, self._receive = anyio.create_memory_object_stream[T](capacity)
        self.send, self.receive = self._send.send, self._receive.receive

    def put(self, item: T) -> None:
        self._portal.call(self.send, item)

    def get(self) -> T:
        return self._portal.call(self.receive)

    def close(self) -> None:
        self._send.close()
        self._receive.close()


@asynccontextmanager
async def shared(capacity: float) -> AsyncIterator[SharedStream[T]]:
    async with BlockingPortal() as portal:
        stream: SharedStream[T] = SharedStream(portal, capacity)
        try:
            yield stream
        finally:
            stream.close()


# --- how it fits the contract ---

import math
from typing import Any

from patterns.channels import Inlet, Outlet

LIBRARY = "anyio"
KNOWN_FAILURES = (
    ("cancelled_receiver_spares_items_of_threads", "", "task.cancel() as an item comes takes it along", "asyncio*"),
    ("cancelled_receiver_spares_items_of_threads", "", "task.cancel() as an item comes takes it along", "uvloop"),
)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    stream: SharedStream[Any]
    async with shared(math.inf if capacity is None else capacity) as stream:
        yield Inlet(stream.put, stream.receive)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    stream: SharedStream[Any]
    async with shared(math.inf if capacity is None else capacity) as stream:
        yield Outlet(stream.send, stream.get)
