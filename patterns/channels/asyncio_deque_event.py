"""A deque, and an `asyncio.Event` that says that there is something in it.

Choose it when there is one receiver, and you know that it keeps up: sending is a plain call that never waits.
It costs the bound, since items pile up while the receiver is slow. With many receivers each item wakes all of them,
and whoever comes first has it.
"""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._arrived = asyncio.Event()

    async def send(self, item: T) -> None:
        self._items.append(item)
        self._arrived.set()

    async def receive(self) -> T:
        while not self._items:
            self._arrived.clear()
            await self._arrived.wait()
        return self._items.popleft()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.channels import Channel

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("sender_waits_for_room", "", "it keeps whatever is sent, by design"),
    ("receivers_end_when_closed", "", "it has no end"),
    ("longest_waiter_first", "", "an item wakes all who wait, and who comes meanwhile has it"),
)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:  # noqa: ARG001
    mailbox = Mailbox[Any]()
    yield Channel(mailbox.send, mailbox.receive)
