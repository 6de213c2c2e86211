"""A semaphore whose places come back by themselves: a task per permit releases it a period later.

Choose it when Trio's own tools must do and bursts up to the limit are welcome: it is exact, fair and idle while callers
wait.
It costs a task per permit for a whole period, which makes a high rate expensive.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio


class SemaphoreLimiter:
    def __init__(self, rate: int, period: float, nursery: trio.Nursery) -> None:
        self._period = period
        self._semaphore = trio.Semaphore(rate)
        self._nursery = nursery

    async def acquire(self) -> None:
        await self._semaphore.acquire()
        self._nursery.start_soon(self._release_later)

    async def _release_later(self) -> None:
        await trio.sleep(self._period)
        self._semaphore.release()


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[SemaphoreLimiter]:
    async with trio.open_nursery() as nursery:
        yield SemaphoreLimiter(rate, period, nursery)
        nursery.cancel_scope.cancel()


# --- how it fits the contract ---

from collections.abc import Sequence

from patterns.rate_limits import Job

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("second_loop", "", "the tasks that release its places ended with the first loop"),
    (
        "leaving_keeps_nobody_waiting",
        "",
        "leaving cancels the tasks that release its places: whoever still waits does so for ever",
    ),
)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with limiter(rate, period) as paced, trio.open_nursery() as nursery:
        for job in jobs:
            await paced.acquire()
            nursery.start_soon(job)
