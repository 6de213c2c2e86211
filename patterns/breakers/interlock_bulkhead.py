"""interlock-cb: a `Pipeline` with a bulkhead that waits for no place.

Choose it when breaker, retry and bulkhead shall be one pipeline, in an order that is written once.
It costs microseconds per call, and asyncio: its places are an `asyncio.Semaphore`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from interlock import BulkheadFullError, Pipeline

T = TypeVar("T")

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("interlock-cb>=2.8.2",)

RejectedError = BulkheadFullError


class Bulkhead:
    def __init__(self, limit: int) -> None:
        self._pipeline = Pipeline.builder().bulkhead(limit).build()

    def call(self, function: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        return self._pipeline.call(function)


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Bulkhead]:
    yield Bulkhead(limit)
