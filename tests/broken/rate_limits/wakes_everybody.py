"""A limiter that wakes everybody for every permit; all but the first go to sleep again."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from patterns.rate_limits import Job

LIBRARY = "anyio"
KNOWN_FAILURES = (("waiting_is_free", "", "every permit wakes all who wait"),)


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


class CrowdedLimiter(PlainLimiter):
    def __init__(self, rate: int, period: float) -> None:
        super().__init__(rate, period)
        self.queue: list[object] = []
        self.news = anyio.Event()

    async def acquire(self, permits: int = 1) -> None:
        me = object()
        self.queue.append(me)
        try:
            while self.queue[0] is not me:
                await self.news.wait()  # the defect: all of them
            while (wait := self.missing(permits)) > 0:  # noqa: ASYNC110  it waits for time
                await anyio.sleep(wait)
            self.log.append(time.monotonic())
        finally:
            self.queue.remove(me)
            self.news.set()
            self.news = anyio.Event()


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[CrowdedLimiter]:
    yield CrowdedLimiter(rate, period)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[PlainLimiter]:
    yield PlainLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = PlainLimiter(rate, period)
    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
