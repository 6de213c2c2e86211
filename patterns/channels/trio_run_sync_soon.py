"""`TrioToken.run_sync_soon(send.send_nowait, item)`: a thread leaves an item at the door, and goes on.

Choose it when a thread may never wait, as in a callback of a driver, and you know that the loop keeps up.
It costs the bound: what threads put, and what is sent to them in a `SimpleQueue`, piles up.
"""

import math
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

import trio

T = TypeVar("T")
END: Any = object()


class EndedError(Exception):
    """It was closed: nothing goes through any more."""


class FromThreads(Generic[T]):
    def __init__(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._send, receive = trio.open_memory_channel[T](math.inf)
        self.receive = receive.receive

    def put(self, item: T) -> None:
        self._token.run_sync_soon(self._send.send_nowait, item)


class ToThreads(Generic[T]):
    def __init__(self) -> None:
        self._queue: SimpleQueue[T] = SimpleQueue()

    async def send(self, item: T) -> None:
        await trio.lowlevel.checkpoint()
        self._queue.put(item)

    def get(self) -> T:
        item = self._queue.get()
        if item is END:
            self._queue.put(END)
            raise EndedError
        return item

    def close(self) -> None:
        self._queue.put(END)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from patterns.channels import Inlet, Outlet

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("thread_waits_for_room", "", "run_sync_soon holds nobody back"),
    ("sender_waits_for_threads", "", "queue.SimpleQueue holds nobody back"),
)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:  # noqa: ARG001
    inlet = FromThreads[Any]()
    yield Inlet(inlet.put, inlet.receive)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:  # noqa: ARG001
    with closing(ToThreads[Any]()) as outlet:
        yield Outlet(outlet.send, outlet.get)
