"""`anyio.create_memory_object_stream`, on any loop.

Choose it when you write for AnyIO, or a library whose users choose the loop: it is Trio's channel, for both. A
subscriber that closes its end sets a publisher free that waits for it.
It costs a turn of the loop per item, since every call is a checkpoint, and an event for each wait. On asyncio an item
is lost when `task.cancel()` or `asyncio.timeout` ends a receiver just as it comes; AnyIO's own scopes lose none.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar

import anyio
from anyio.streams.memory import MemoryObjectSendStream

T = TypeVar("T")
ClosedError = (anyio.ClosedResourceError, anyio.EndOfStream)


class StreamPerSubscriber(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._subscribers: list[MemoryObjectSendStream[T]] = []

    async def publish(self, item: T) -> None:
        for subscriber in list(self._subscribers):
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):  # it has left
                await subscriber.send(item)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[T]]]:
        send, receive = anyio.create_memory_object_stream[T](self._capacity)
        self._subscribers.append(send)
        with send, receive:
            try:
                yield receive.receive
            finally:
                self._subscribers.remove(send)


# --- how it fits the contract ---

from typing import Any

from patterns.channels import Broadcast, Channel

LIBRARY = "anyio"
KNOWN_FAILURES = (
    ("cancelled_receiver_loses_nothing", "", "task.cancel() as an item is handed over takes it along", "asyncio*"),
    ("cancelled_receiver_loses_nothing", "", "task.cancel() as an item is handed over takes it along", "uvloop"),
    ("cancelled_send_sent_nothing", "", "a receiver takes the item of a sender that was cancelled in the same turn"),
)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    send, receive = anyio.create_memory_object_stream[Any](math.inf if capacity is None else capacity)
    with receive, send:
        yield Channel(send.send, receive.receive, send.aclose)


@asynccontextmanager
async def rendezvous() -> AsyncIterator[Channel]:
    send, receive = anyio.create_memory_object_stream[Any](0)
    with receive, send:
        yield Channel(send.send, receive.receive)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    each = StreamPerSubscriber[Any](capacity)
    yield Broadcast(each.publish, each.subscribe)
