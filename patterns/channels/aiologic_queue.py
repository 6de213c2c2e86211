"""`aiologic.Queue`: one queue for tasks, loops and threads together.

Choose it when tasks and threads, or several loops, share a queue, and neither side may block the other's loop: it needs
no loop, and wakes whoever waits by that one's own means.
It costs its bookkeeping about threads and libraries on every call. It has no end; what stands for one, and goes from
thread to thread, is yours to write.
"""

from contextlib import suppress
from typing import Any, TypeVar

import aiologic

T = TypeVar("T")
END: Any = object()


class EndedError(Exception):
    """It was closed: nothing goes through any more."""


class FromThreads(aiologic.Queue[T]):
    _closed = False

    def put(self, item: T) -> None:
        if self._closed:
            raise EndedError
        self.green_put(item)

    def close(self) -> None:
        """Make room for the threads that wait."""
        self._closed = True
        while self.putting:
            with suppress(aiologic.QueueEmpty):
                self.green_get(timeout=0.001)


class ToThreads(aiologic.Queue[T]):
    def get(self) -> T:
        item = self.green_get()
        if item is END:
            self.green_put(END)  # for the next thread
            raise EndedError
        return item

    def close(self) -> None:
        """End the threads that wait; nobody gets what is left."""
        with suppress(aiologic.QueueEmpty):
            while True:
                self.green_get(blocking=False)
        self.green_put(END)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from patterns.channels import Channel, Inlet, Outlet

LIBRARY = "any"
KIND = "package"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (("receivers_end_when_closed", "", "it has no end"),)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    queue: aiologic.Queue[Any] = aiologic.Queue(maxsize=capacity)
    yield Channel(queue.async_put, queue.async_get)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    inlet: FromThreads[Any] = FromThreads(maxsize=capacity)
    with closing(inlet):
        yield Inlet(inlet.put, inlet.async_get)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    outlet: ToThreads[Any] = ToThreads(maxsize=capacity)
    with closing(outlet):
        yield Outlet(outlet.async_put, outlet.get)
