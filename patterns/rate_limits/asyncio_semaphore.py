"""A semaphore whose places come back by themselves: each is released a period after it was taken.

Choose it when the standard library must do and bursts up to the limit are welcome: it is exact, fair and idle while
callers wait.
It costs a timer per permit, and those that run when the limiter is closed run on.
"""

import asyncio


class SemaphoreLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self._period = period
        self._semaphore = asyncio.Semaphore(rate)

    async def acquire(self) -> None:
        await self._semaphore.acquire()
        asyncio.get_running_loop().call_later(self._period, self._semaphore.release)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.rate_limits import Limiter

LIBRARY = "asyncio"
KIND = "idiom"


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[Limiter]:
    yield SemaphoreLimiter(rate, period)
