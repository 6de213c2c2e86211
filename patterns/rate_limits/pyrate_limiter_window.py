"""pyrate-limiter: a log of the last period behind a lock, for several limits at once.

Choose it when several limits hold together (ten a second and a thousand an hour), or when the log must be in Redis.
It costs whole milliseconds: shorter periods cannot be said, a lock and several coroutines per permit, and a slack of
fifty milliseconds on every wait unless `buffer_ms` says otherwise.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pyrate_limiter import BucketAsyncWrapper, InMemoryBucket, Rate
from pyrate_limiter import Limiter as PackageLimiter


class WindowLimiter:
    def __init__(self, limiter: PackageLimiter) -> None:
        self._limiter = limiter

    async def acquire(self, permits: int = 1) -> None:
        if not await self._limiter.try_acquire_async("calls", weight=permits):
            raise ValueError(f"{permits} permits are more than the limit")


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[WindowLimiter]:
    bucket = BucketAsyncWrapper(InMemoryBucket([Rate(rate, round(period * 1000))]))
    with PackageLimiter(bucket, buffer_ms=0) as limiter:
        try:
            yield WindowLimiter(limiter)
        finally:
            limiter.dispose(bucket)  # close() alone leaves the task that trims the log asleep for ten seconds
            await asyncio.sleep(0)  # and this lets it end


# --- how it fits the contract ---

from contextlib import AbstractAsyncContextManager

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pyrate-limiter>=4.5.1",)


def weighted_limiter(rate: int, period: float) -> AbstractAsyncContextManager[WindowLimiter]:
    return limiter(rate, period)
