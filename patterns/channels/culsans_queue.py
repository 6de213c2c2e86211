"""`culsans.Queue`: `queue.Queue` and `asyncio.Queue` in one, on any loop.

Choose it when threads and tasks share a queue that can be shut down, and you want the standard library's names: it is
aiologic underneath, and it knows Trio.
It costs its bookkeeping about threads and libraries on every call.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import culsans

T = TypeVar("T")
ClosedError = culsans.QueueShutDown


class SharedQueue(culsans.Queue[T]):
    """For ``sync_q.put`` and ``sync_q.get`` in threads, and ``async_q.put`` and ``async_q.get`` on the loop."""

    async def end(self) -> None:
        self.shutdown()


@asynccontextmanager
async def shared(capacity: int | None = None) -> AsyncIterator[SharedQueue[T]]:
    between: SharedQueue[T] = SharedQueue(capacity or 0)
    try:
        yield between
    finally:
        between.shutdown(immediate=True)


# --- how it fits the contract ---

from typing import Any

from patterns.channels import Channel, Inlet, Outlet

LIBRARY = "any"
KIND = "package"
REQUIRES = ("culsans>=0.11",)
KNOWN_FAILURES = (("longest_waiter_first", "", "who comes as an item does overtakes those who wait"),)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between: SharedQueue[Any]
    async with shared(capacity) as between:
        yield Channel(between.async_q.put, between.async_q.get, between.end)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    between: SharedQueue[Any]
    async with shared(capacity) as between:
        yield Inlet(between.sync_q.put, between.async_q.get)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    between: SharedQueue[Any]
    async with shared(capacity) as between:
        yield Outlet(between.async_q.put, between.sync_q.get)
