"""A limiter that lets small requests through while a larger one waits."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from patterns.rate_limits import Job

LIBRARY = "anyio"
KNOWN_FAILURES = (("heavy_request_gets_its_turn", "", "a small request finds a gap again and again"),)


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


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[PlainLimiter]:
    yield PlainLimiter(rate, period)


class KindLimiter(PlainLimiter):
    def __init__(self, rate: int, period: float) -> None:
        super().__init__(rate, period)
        self.waiting: list[int] = []

    async def acquire(self, permits: int = 1) -> None:
        if permits < max(self.waiting, default=0) and self.missing(permits) <= 0:  # the defect
            self.log.extend([time.monotonic()] * permits)
            return
        self.waiting.append(permits)
        try:
            await super().acquire(permits)
        finally:
            self.waiting.remove(permits)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[KindLimiter]:
    yield KindLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = PlainLimiter(rate, period)
    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
