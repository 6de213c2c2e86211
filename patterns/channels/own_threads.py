"""Our own best between threads and asyncio: a deque under a lock, one knock at the loop for many.

Choose it when threads and tasks hand over many items: neither runs ahead of the other, and a loop that has been told of
an item is not told of the next ones before it has looked.
It costs these lines in your program, and a lock per item.
"""

import asyncio
import math
import threading
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")
END: Any = object()


class EndedError(Exception):
    """It was closed: nothing goes through any more."""


class FromThreads(Generic[T]):
    def __init__(self, capacity: int | None = None) -> None:
        """Keeps as many items as there are if the capacity is None."""
        self._loop = asyncio.get_running_loop()
        self._capacity: float = math.inf if capacity is None else capacity
        self._room = threading.Condition()  # all below is changed by whoever has it
        self._items: deque[T] = deque()
        self._receivers: deque[asyncio.Future[T]] = deque()
        self._blocked = 0  # threads that wait for room
        self._knocked = False
        self._closed = False

    def put(self, item: T) -> None:
        with self._room:
            while len(self._items) >= self._capacity and not self._closed:
                self._blocked += 1
                self._room.wait()
                self._blocked -= 1
            if self._closed:
                raise EndedError
            self._items.append(item)
            if self._receivers and not self._knocked:
                self._knocked = True
                self._loop.call_soon_threadsafe(self._hand_over)

    async def receive(self) -> T:
        with self._room:
            if self._items and not self._receivers:
                return self._take()
            receiver: asyncio.Future[T] = self._loop.create_future()
            self._receivers.append(receiver)
        try:
            return await receiver
        except asyncio.CancelledError:
            with self._room:
                if not receiver.cancelled():
                    self._items.appendleft(receiver.result())
                    self._serve()
                else:
                    with suppress(ValueError):  # it was in nobody's way any more
                        self._receivers.remove(receiver)
            raise

    def close(self) -> None:
        """End the threads that wait."""
        with self._room:
            self._closed = True
            self._room.notify_all()

    def _hand_over(self) -> None:
        with self._room:
            self._knocked = False
            self._serve()

    def _serve(self) -> None:
        while self._items and self._receivers:
            receiver = self._receivers.popleft()
            if not receiver.done():
                receiver.set_result(self._take())

    def _take(self) -> T:
        item = self._items.popleft()
        if self._blocked:
            self._room.notify()
        return item


class ToThreads(Generic[T]):
    def __init__(self, capacity: int | None = None) -> None:
        """Keeps as many items as there are if the capacity is None."""
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[T] = SimpleQueue()
        self._lock = threading.Lock()  # all below is changed by whoever has it
        self._places: float = math.inf if capacity is None else capacity  # that no sender has been given
        self._senders: deque[asyncio.Future[None]] = deque()
        self._knocked = False

    async def send(self, item: T) -> None:
        with self._lock:
            sender = None
            if self._places and not self._senders:
                self._places -= 1
            else:
                sender = self._loop.create_future()
                self._senders.append(sender)
        if sender:
            await self._place(sender)
        self._queue.put(item)

    def get(self) -> T:
        item = self._queue.get()
        if item is END:
            self._queue.put(END)  # for the next thread
            raise EndedError
        with self._lock:
            self._places += 1
            if self._senders and not self._knocked:
                self._knocked = True
                self._loop.call_soon_threadsafe(self._let_in)
        return item

    def close(self) -> None:
        """End the threads that wait, once they have got what was sent."""
        self._queue.put(END)

    async def _place(self, sender: "asyncio.Future[None]") -> None:
        try:
            await sender
        except asyncio.CancelledError:
            with self._lock:
                if not sender.cancelled():
                    self._places += 1
                else:
                    with suppress(ValueError):
                        self._senders.remove(sender)
            self._let_in()
            raise

    def _let_in(self) -> None:
        with self._lock:
            self._knocked = False
            while self._places and self._senders:
                sender = self._senders.popleft()
                if not sender.done():
                    self._places -= 1
                    sender.set_result(None)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from patterns.channels import Inlet, Outlet

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    with closing(FromThreads[Any](capacity)) as inlet:
        yield Inlet(inlet.put, inlet.receive)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    with closing(ToThreads[Any](capacity)) as outlet:
        yield Outlet(outlet.send, outlet.get)
