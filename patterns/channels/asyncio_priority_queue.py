"""`asyncio.PriorityQueue`: the most urgent item first, and among those the one that was sent first.

Choose it when some items are more urgent than others. A number that counts up parts items of one priority: without it
they would come in any order, and items that cannot be compared raise.
It costs a tuple, and a place in a heap, per item: the more of them wait, the dearer each is.
"""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")


class UrgentFirst(Generic[T]):
    def __init__(self, urgency: Callable[[T], int], capacity: int = 0) -> None:
        """The lowest ``urgency`` is the most urgent."""
        self._urgency = urgency
        self._number = count()
        self._queue: asyncio.PriorityQueue[tuple[int, int, T]] = asyncio.PriorityQueue(capacity)

    async def send(self, item: T) -> None:
        await self._queue.put((self._urgency(item), next(self._number), item))

    async def receive(self) -> T:
        return (await self._queue.get())[-1]


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.channels import Channel

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("receivers_end_when_closed", "", "a plain queue has no end"),
    ("longest_waiter_first", "", "who comes as an item does overtakes those who wait"),
)


def alike(item: object) -> int:  # noqa: ARG001
    return 0


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    queue = UrgentFirst[Any](alike, capacity or 0)
    yield Channel(queue.send, queue.receive)
