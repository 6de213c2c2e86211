"""`anyio.CapacityLimiter`, taken without waiting: whoever finds no place is rejected instead of queued.

Choose it when the number of places changes while it runs, or who holds them must be looked at: `total_tokens` may be
set, and `statistics()` tells.
It costs a token for each call, because a task that holds one already may not take another in its own name.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

T = TypeVar("T")


class RejectedError(Exception):
    """The call was not made."""


class Bulkhead:
    def __init__(self, limit: int) -> None:
        self._places = anyio.CapacityLimiter(limit)

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        token = object()
        try:
            self._places.acquire_on_behalf_of_nowait(token)
        except anyio.WouldBlock:
            raise RejectedError("all places are taken") from None
        try:
            return await function()
        finally:
            self._places.release_on_behalf_of(token)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "anyio"
KIND = "idiom"


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield Bulkhead(limit)
