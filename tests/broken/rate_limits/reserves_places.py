"""A limiter in which every caller reserves a place in time when it comes, and sleeps until then."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel

from patterns.rate_limits import Job

LIBRARY = "anyio"
KNOWN_FAILURES = (("cancelled_waiter_takes_no_permit", "", "the place of a caller who leaves stays empty"),)


class PlainLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self.rate, self.period = rate, period
        self.log: deque[float] = deque()
        self.head = anyio.Lock()

    async def acquire(self, permits: int = 1) -> None:
        if permits > self.rate:
            raise ValueError(f"{permits} permits of {self.rate}")
        async with self.head:
            while (wait := self.missing(permits)) > 0:  # noqa: ASYNC110  it waits for time
                await anyio.sleep(wait)
            self.log.extend([time.monotonic()] * permits)

    def missing(self, permits: int) -> float:
        now = time.monotonic()
        while self.log and self.log[0] + self.period <= now:
            self.log.popleft()
        excess = len(self.log) + permits - self.rate
        return self.log[excess - 1] + self.period - now if excess > 0 else 0.0


class ReservingLimiter(PlainLimiter):
    async def acquire(self, permits: int = 1) -> None:  # noqa: ARG002  always one
        place = time.monotonic()
        if len(self.log) >= self.rate:
            place = max(place, self.log[-self.rate] + self.period)
        self.log.append(place)  # the defect: nobody else can have it any more
        while (wait := place - time.monotonic()) > 0:  # noqa: ASYNC110  it waits for time
            await anyio.sleep(max(wait, 0.001))
        await anyio.lowlevel.checkpoint_if_cancelled()


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[ReservingLimiter]:
    yield ReservingLimiter(rate, period)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[PlainLimiter]:
    yield PlainLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = PlainLimiter(rate, period)
    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
