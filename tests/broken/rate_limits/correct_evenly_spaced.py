"""A correct limiter that spreads its permits: each caller waits for its place in an even row, with turns to spare."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel

from patterns.rate_limits import Job

LIBRARY = "anyio"


class SpacedLimiter:
    def __init__(self, rate: int, period: float, slack: float = 0.0019) -> None:
        self.step = period / rate
        self.slack = slack  # may be caught up: timers are a millisecond late or two, which is more than a step
        self.free_at = 0.0
        self.head = anyio.Lock()

    async def acquire(self) -> None:
        await anyio.lowlevel.checkpoint()
        async with self.head:
            while (wait := self.free_at - time.monotonic()) > 0:  # noqa: ASYNC110  it waits for time
                await anyio.sleep(max(wait, 0.0006))  # some loops do not wait at all for less
            self.free_at = max(self.free_at, time.monotonic() - self.slack) + self.step


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[SpacedLimiter]:
    yield SpacedLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = SpacedLimiter(rate, period)
    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
