"""`asyncio.Semaphore` and its `locked()`: whoever finds no place is rejected instead of queued.

Choose it when a service that hangs must not take everything else with it, and the standard library must do.
It costs nothing but the semaphore; the question and the place are taken in one step, with no await between them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class RejectedError(Exception):
    """The call was not made."""


class Bulkhead:
    def __init__(self, limit: int) -> None:
        self._places = asyncio.Semaphore(limit)

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if self._places.locked():
            raise RejectedError("all places are taken")
        async with self._places:
            return await function()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "asyncio"
KIND = "idiom"


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield Bulkhead(limit)
