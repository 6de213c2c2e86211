"""Our own best between threads and Trio: a deque under a lock, one knock at the loop for many.

Choose it when threads and tasks hand over many items: neither runs ahead of the other, and a loop that has been told of
an item is not told of the next ones before it has looked.
It costs these lines in your program, and a lock per item. A task that need not wait looks whether it was cancelled, but
does not give the others a turn.
"""

import math
import threading
from collections import deque
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

import outcome
import trio
from trio.lowlevel import Abort, Task

T = TypeVar("T")
END: Any = object()


class EndedError(Exception):
    """It was closed: nothing goes through any more."""


class FromThreads(Generic[T]):
    def __init__(self, capacity: int | None = None) -> None:
        """Keeps as many items as there are if the capacity is None."""
        self._token = trio.lowlevel.current_trio_token()
        self._capacity: float = math.inf if capacity is None else capacity
        self._room = threading.Condition()  # all below is changed by whoever has it
        self._items: deque[T] = deque()
        self._receivers: dict[Task, None] = {}
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
                self._token.run_sync_soon(self._hand_over)

    async def receive(self) -> T:
        await trio.lowlevel.checkpoint_if_cancelled()
        with self._room:
            if self._items and not self._receivers:
                return self._take()
            task = trio.lowlevel.current_task()
            self._receivers[task] = None

        def abort(_: object) -> Abort:
            with self._room:
                del self._receivers[task]
            return Abort.SUCCEEDED

        item: T = await trio.lowlevel.wait_task_rescheduled(abort)
        return item

    def close(self) -> None:
        """End the threads that wait."""
        with self._room:
            self._closed = True
            self._room.notify_all()

    def _hand_over(self) -> None:
        with self._room:
            self._knocked = False
            while self._items and self._receivers:
                receiver = next(iter(self._receivers))
                del self._receivers[receiver]
                trio.lowlevel.reschedule(receiver, outcome.Value(self._take()))

    def _take(self) -> T:
        item = self._items.popleft()
        if self._blocked:
            self._room.notify()
        return item


class ToThreads(Generic[T]):
    def __init__(self, capacity: int | None = None) -> None:
        """Keeps as many items as there are if the capacity is None."""
        self._token = trio.lowlevel.current_trio_token()
        self._queue: SimpleQueue[T] = SimpleQueue()
        self._lock = threading.Lock()  # all below is changed by whoever has it
        self._places: float = math.inf if capacity is None else capacity  # that no sender has been given
        self._senders: dict[Task, None] = {}
        self._knocked = False

    async def send(self, item: T) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        with self._lock:
            free = self._places and not self._senders
            if free:
                self._places -= 1
            else:
                task = trio.lowlevel.current_task()
                self._senders[task] = None
        if not free:
            await self._place(task)
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
                self._token.run_sync_soon(self._let_in)
        return item

    def close(self) -> None:
        """End the threads that wait, once they have got what was sent."""
        self._queue.put(END)

    async def _place(self, task: Task) -> None:
        def abort(_: object) -> Abort:
            with self._lock:
                del self._senders[task]
            return Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(abort)

    def _let_in(self) -> None:
        with self._lock:
            self._knocked = False
            while self._places and self._senders:
                sender = next(iter(self._senders))
                del self._senders[sender]
                self._places -= 1
                trio.lowlevel.reschedule(sender)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from patterns.channels import Inlet, Outlet

LIBRARY = "trio"
KIND = "own"


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    with closing(FromThreads[Any](capacity)) as inlet:
        yield Inlet(inlet.put, inlet.receive)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    with closing(ToThreads[Any](capacity)) as outlet:
        yield Outlet(outlet.send, outlet.get)
