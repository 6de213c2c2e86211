"""`trio.open_memory_channel`, and `trio.from_thread` for threads.

Choose it when you write for Trio: it is Trio's own. Its two ends are closed separately, and a subscriber that closes
its end sets a publisher free that waits for it. A thread that finds a channel full, or empty, waits as a task would.
It costs a turn of the loop per item, since every call is a checkpoint, and two trips between threads for an item of
theirs.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar

import trio

T = TypeVar("T")
ClosedError = (trio.ClosedResourceError, trio.EndOfChannel)


class ChannelPerSubscriber(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._subscribers: list[trio.MemorySendChannel[T]] = []

    async def publish(self, item: T) -> None:
        for subscriber in list(self._subscribers):
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError):  # it has left
                await subscriber.send(item)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[T]]]:
        send, receive = trio.open_memory_channel[T](self._capacity)
        self._subscribers.append(send)
        with receive, send:
            try:
                yield receive.receive
            finally:
                self._subscribers.remove(send)


class SharedChannel(Generic[T]):
    def __init__(self, capacity: float) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._send, self._receive = trio.open_memory_channel[T](capacity)
        self.send, self.receive = self._send.send, self._receive.receive

    def put(self, item: T) -> None:
        trio.from_thread.run(self.send, item, trio_token=self._token)

    def get(self) -> T:
        return trio.from_thread.run(self.receive, trio_token=self._token)

    def close(self) -> None:
        self._send.close()
        self._receive.close()


# --- how it fits the contract ---

from contextlib import closing
from typing import Any

from patterns.channels import Broadcast, Channel, Inlet, Outlet

LIBRARY = "trio"


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    send, receive = trio.open_memory_channel[Any](math.inf if capacity is None else capacity)
    yield Channel(send.send, receive.receive, send.aclose)


@asynccontextmanager
async def rendezvous() -> AsyncIterator[Channel]:
    send, receive = trio.open_memory_channel[Any](0)
    yield Channel(send.send, receive.receive)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    each = ChannelPerSubscriber[Any](capacity)
    yield Broadcast(each.publish, each.subscribe)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:
    with closing(SharedChannel[Any](math.inf if capacity is None else capacity)) as shared:
        yield Inlet(shared.put, shared.receive)


@asynccontextmanager
async def to_threads(capacity: int | None) -> AsyncIterator[Outlet]:
    with closing(SharedChannel[Any](math.inf if capacity is None else capacity)) as shared:
        yield Outlet(shared.send, shared.get)
