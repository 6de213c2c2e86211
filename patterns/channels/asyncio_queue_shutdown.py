"""`asyncio.Queue.shutdown`: a queue that is closed, and read to its end.

Choose it when you have Python 3.13 or later: every receiver and every sender is told, and nothing has to stand for the
end. Who leaves a broadcast shuts its queue down, and a publisher that waits for it goes on.
It costs no more than the queue. Who comes in the moment in which an item does overtakes those who wait for it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")
ClosedError: Any = getattr(asyncio, "QueueShutDown", None)  # the type checker is told of Python 3.11


class ClosableQueue(asyncio.Queue[T]):
    async def close(self) -> None:
        self.shutdown()  # type: ignore[attr-defined,unused-ignore]


class QueuePerSubscriber(Generic[T]):
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queues: list[asyncio.Queue[T]] = []

    async def publish(self, item: T) -> None:
        for queue in list(self._queues):
            with suppress(ClosedError):
                await queue.put(item)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[Callable[[], Awaitable[T]]]:
        queue: Any = asyncio.Queue(self._capacity)
        self._queues.append(queue)
        try:
            yield queue.get
        finally:
            self._queues.remove(queue)
            queue.shutdown(immediate=True)


# --- how it fits the contract ---

from patterns.channels import Broadcast, Channel

LIBRARY = "asyncio"
PYTHON = ">=3.13"
KNOWN_FAILURES = (("longest_waiter_first", "", "who comes as an item does overtakes those who wait"),)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    queue = ClosableQueue[Any](capacity or 0)
    yield Channel(queue.put, queue.get, queue.close)


@asynccontextmanager
async def broadcast(capacity: int) -> AsyncIterator[Broadcast]:
    queues = QueuePerSubscriber[Any](capacity)
    yield Broadcast(queues.publish, queues.subscribe)
