"""A lock around a sleep on Trio: each caller waits until the interval since the last one is over.

Choose it when calls must be spread evenly and a few per second are enough: ten lines, nothing to install.
It costs speed: every permit is a timer of its own, which is a millisecond late, so it gives a few hundred per second at
most, and permits that nobody used are lost.
"""

from collections.abc import Awaitable, Callable, Sequence

import trio

Job = Callable[[], Awaitable[None]]


class IntervalLimiter:
    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._lock = trio.Lock()
        self._next = 0.0

    async def acquire(self) -> None:
        async with self._lock:
            await trio.sleep_until(self._next)
            self._next = trio.current_time() + self._interval


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with trio.open_nursery() as nursery:
        for job in jobs:
            nursery.start_soon(job)
            await trio.sleep(period / rate)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.rate_limits import Limiter

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("fast_limit", "", "a timer per permit, a millisecond late each time: half of 2000 a second"),
    ("many_jobs_start_at_the_pace", "", "a timer per job, a millisecond late each time: half of 2200 a second"),
)


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[Limiter]:
    yield IntervalLimiter(period / rate)
