"""A lock around a sleep: each caller waits until the interval since the last one is over.

Choose it when calls must be spread evenly and a few per second are enough: ten lines, nothing to install.
It costs speed: every permit is a timer of its own, which is a millisecond late, so it gives a few hundred per second at
most, and permits that nobody used are lost.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

Job = Callable[[], Awaitable[None]]


class IntervalLimiter:
    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._lock = asyncio.Lock()
        self._next = 0.0

    async def acquire(self) -> None:
        async with self._lock:
            wait = self._next - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            self._next = time.monotonic() + self._interval


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(_run(job))
            await asyncio.sleep(period / rate)


async def _run(job: Job) -> None:
    await job()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.rate_limits import Limiter

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("fast_limit", "", "a timer per permit, a millisecond late each time: half of 2000 a second", "asyncio*"),
    ("fast_limit", "", "uvloop rounds sleeps below half a millisecond to none: all permits at once", "uvloop"),
    (
        "many_jobs_start_at_the_pace",
        "",
        "a timer per job: half of 2200 a second, and on uvloop, which rounds them to none, all at once",
    ),
)


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[Limiter]:
    yield IntervalLimiter(period / rate)
