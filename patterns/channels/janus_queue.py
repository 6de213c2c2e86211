"""`janus.Queue`: `queue.Queue` for threads and `asyncio.Queue` for tasks, with one content.

Choose it when threads and asyncio's tasks share a queue, and you want the package that most programs have for that.
It costs a lock of threads and a trip through the loop for each wake-up. Its clean-up is `aclose`, on the loop.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import janus

T = TypeVar("T")
ClosedError = janus.AsyncQueueShutDown


class SharedQueue(janus.Queue[T]):
    """For ``sync_q.put`` and ``sync_q.get`` in threads, and ``async_q.put`` and ``async_q.get`` on the loop."""

    async def end(self) -> None:
        self.shutdown()


@asynccontextmanager
async def shared(capacity: int | None = None) -> AsyncIterator[SharedQueue[T]]:
    between: SharedQueue[T] = SharedQueue(capacity or 0)
    try:
        yield between
    finally:
        await between.aclose()


# --- how it fits the contract ---

from typing import Any

from patterns.channels import Channel, Inlet, Outlet

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("janus>=2.0",)
KNOWN_FAILURES = (
    ("cancelled_receiver_loses_nothing", "<3.13", "asyncio.Condition: https://github.com/python/cpython/issues/112202"),
    ("cancelled_sender_blocks_nobody", "<3.13", "asyncio.Condition: https://github.com/python/cpython/issues/112202"),
    (
        "cancelled_receiver_spares_items_of_threads",
        "<3.13",
        "asyncio.Condition: https://github.com/python/cpython/issues/112202",
    ),
    (
        "cancelled_sender_spares_room_of_threads",
        "<3.13",
        "asyncio.Condition: https://github.com/python/cpython/issues/112202",
    ),
    ("longest_waiter_first", "", "who comes as an item does overtakes those who wait"),
)


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
