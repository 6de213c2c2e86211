"""`trio.Semaphore.acquire_nowait`: whoever finds no place is rejected instead of queued.

Choose it when a service that hangs must not take everything else with it, and Trio's own tools must do.
It costs nothing but the semaphore; taking a place that is free is no checkpoint.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import trio

T = TypeVar("T")


class RejectedError(Exception):
    """The call was not made."""


class Bulkhead:
    def __init__(self, limit: int) -> None:
        self._places = trio.Semaphore(limit)

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        try:
            self._places.acquire_nowait()
        except trio.WouldBlock:
            raise RejectedError("all places are taken") from None
        try:
            return await function()
        finally:
            self._places.release()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "trio"
KIND = "idiom"


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield Bulkhead(limit)
