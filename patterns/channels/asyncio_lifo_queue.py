"""`asyncio.LifoQueue`: the newest item first.

Choose it when what is newest matters most, and what is old may wait, such as connections that are still warm.
It costs the order. Under load the first item may never be received, and it has no end before Python 3.13.
"""

import asyncio
from typing import TypeVar

T = TypeVar("T")


def queue(capacity: int | None = None) -> "asyncio.LifoQueue[T]":
    """Keeps as many items as there are if the capacity is None."""
    return asyncio.LifoQueue(capacity or 0)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.channels import Channel

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("in_order", "", "the newest item comes first, by design"),
    ("receivers_end_when_closed", "", "a plain queue has no end"),
    ("longest_waiter_first", "", "who comes as an item does overtakes those who wait"),
)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:
    between: asyncio.LifoQueue[Any] = queue(capacity)
    yield Channel(between.put, between.get)
