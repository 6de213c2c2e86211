"""hyx: `bulkhead`, so many calls at a time, and none that wait for a place.

Choose it when its retries, timeouts and breakers are in use beside it, or some calls shall wait for a place: it bounds
both.
It costs two semaphores per call. There has been no release since 2023.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from hyx.bulkhead import bulkhead as places
from hyx.bulkhead.exceptions import BulkheadFull

T = TypeVar("T")

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("hyx>=0.0.2",)

RejectedError = BulkheadFull


class Bulkhead:
    def __init__(self, limit: int) -> None:
        self._places = places(max_concurrency=limit, max_capacity=limit)

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        async with self._places:
            return await function()


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Bulkhead]:
    yield Bulkhead(limit)
