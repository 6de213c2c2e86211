"""A bounded `asyncio.Queue` per subscriber that is dropped when the subscriber leaves: a trap.

Choose it when you want to see it hang: a publisher that waits for a place in the queue of somebody who is gone waits
for ever, and all others get nothing more.
It costs a program that stands still, once a slow subscriber hangs up.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class QueuePerSubscriber(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queues: set[asyncio.Queue[T]] = set()

    async def publish(self, item: T) -> None:
        for queue in tuple(self._queues):
            await queue.put(item)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[T]]]:
        queue: asyncio.Queue[T] = asyncio.Queue(self._capacity)
        self._queues.add(queue)
        try:
            yield queue.get
        finally:
            self._queues.discard(queue)


# --- how it fits the contract ---

from typing import Any

from patterns.channels import Broadcast

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("leaving_subscriber_holds_up_nobody", "", "nobody takes an item out of the queue of somebody who is gone"),
)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    queues = QueuePerSubscriber[Any](capacity)
    yield Broadcast(queues.publish, queues.subscribe)
