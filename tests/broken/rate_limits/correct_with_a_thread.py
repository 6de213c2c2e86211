"""Correct, and slow: a limiter whose log is kept in a thread, as in a file."""

import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel
import anyio.to_thread

LIBRARY = "anyio"


class FiledLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self.rate, self.period = rate, period
        self.log: deque[float] = deque(maxlen=rate)
        self.head = anyio.Lock()

    async def acquire(self) -> None:
        async with self.head:
            while (wait := await anyio.to_thread.run_sync(self.missing)) > 0:  # noqa: ASYNC110  it waits for time
                await anyio.sleep(wait)
            await anyio.lowlevel.checkpoint_if_cancelled()  # no cancellation reaches who waits for a thread
            self.log.append(time.monotonic())

    def missing(self) -> float:
        return self.log[0] + self.period - time.monotonic() if len(self.log) == self.rate else 0.0


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[FiledLimiter]:
    yield FiledLimiter(rate, period)
