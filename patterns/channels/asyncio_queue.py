"""`asyncio.Queue`: what the standard library has between tasks.

Choose it when all are tasks of one loop, and those who receive are cancelled once there is nothing more to do.
It costs a future for each wait. It has no end before Python 3.13, so that a receiver whom nobody cancels waits for
ever, and whoever comes in the moment in which an item does overtakes those who wait for it.
"""

import asyncio
from typing import TypeVar

T = TypeVar("T")


def queue(capacity: int | None = None) -> "asyncio.Queue[T]":
    """Keeps as many items as there are if the capacity is None."""
    return asyncio.Queue(capacity or 0)


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


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between: asyncio.Queue[Any] = queue(capacity)
    yield Channel(between.put, between.get)
