"""A queue per subscriber that drops its oldest item when it is full: the publisher never waits.

Choose it when only the newest items count, as with prices, positions and progress: who is slow misses what is old, and
holds up nobody.
It costs whatever a slow subscriber did not come for, and nobody is told.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class NewestPerSubscriber(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queues: set[asyncio.Queue[T]] = set()

    async def publish(self, item: T) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(item)

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
KNOWN_FAILURES = (("slow_subscriber_misses_nothing", "", "it drops the oldest item of who is slow, by design"),)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    queues = NewestPerSubscriber[Any](capacity)
    yield Broadcast(queues.publish, queues.subscribe)
