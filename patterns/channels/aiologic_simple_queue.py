"""`aiologic.SimpleQueue`: a queue without a bound, for tasks and threads together.

Choose it when threads must hand over quickly, and you know that whoever takes keeps up: putting never waits.
It costs the bound. It has no end either.
"""

from typing import TypeVar

import aiologic

T = TypeVar("T")


def queue() -> "aiologic.SimpleQueue[T]":
    """For ``put`` and ``green_get`` in threads, and ``async_put`` and ``async_get`` on any loop."""
    return aiologic.SimpleQueue()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.channels import Channel, Inlet

LIBRARY = "any"
KIND = "package"
REQUIRES = ("aiologic>=0.17",)
KNOWN_FAILURES = (
    ("sender_waits_for_room", "", "it keeps whatever is sent, by design"),
    ("receivers_end_when_closed", "", "it has no end"),
    ("thread_waits_for_room", "", "it keeps whatever is put, by design"),
)


@asynccontextmanager
async def channel(capacity: int | None) -> AsyncIterator[Channel]:  # noqa: ARG001
    between: aiologic.SimpleQueue[Any] = queue()
    yield Channel(between.async_put, between.async_get)


@asynccontextmanager
async def from_threads(capacity: int | None) -> AsyncIterator[Inlet]:  # noqa: ARG001
    between: aiologic.SimpleQueue[Any] = queue()
    yield Inlet(between.put, between.async_get)
