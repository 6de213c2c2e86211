"""Our own bulkhead: a number of free places that the call itself counts.

Choose it when a service that hangs must not take everything else with it, and each microsecond counts: it runs on any
loop, and imports none.
It costs one class to copy; how many places are free is not to be seen from outside.
"""

from collections.abc import Awaitable, Callable
from typing import Any


class RejectedError(Exception):
    """The call was not made."""


class Bulkhead:
    def __init__(self, limit: int) -> None:
        free = limit

        async def call(function: Callable[[], Awaitable[Any]]) -> Any:
            nonlocal free
            if not free:
                raise RejectedError("all places are taken")
            free -= 1
            try:
                return await function()
            finally:
                free += 1

        self.call = call


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LIBRARY = "any"
KIND = "own"


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Bulkhead]:
    yield Bulkhead(limit)
