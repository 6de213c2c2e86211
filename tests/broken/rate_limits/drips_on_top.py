"""A limiter with a bucket that is full at the beginning, and into which permits drip on top."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from patterns.rate_limits import Job

LIBRARY = "anyio"
KNOWN_FAILURES = (
    ("never_above_the_limit", "", "a full bucket and what drips in meanwhile are almost twice the limit"),
)


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


class DrippingLimiter(PlainLimiter):
    def __init__(self, rate: int, period: float) -> None:
        super().__init__(rate, period)
        self.tokens, self.looked_at = float(rate), time.monotonic()

    async def acquire(self, permits: int = 1) -> None:  # noqa: ARG002  always one
        async with self.head:
            while (wait := self.drip()) > 0:  # noqa: ASYNC110  it waits for time
                await anyio.sleep(max(wait, 0.001))
            self.tokens -= 1

    def drip(self) -> float:
        now = time.monotonic()
        self.tokens += (now - self.looked_at) * self.rate / self.period
        self.tokens, self.looked_at = min(self.tokens, self.rate), now  # the defect: a period's permits, and the period
        return (1 - self.tokens) * self.period / self.rate if self.tokens < 1 - 1e-9 else 0.0


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[DrippingLimiter]:
    yield DrippingLimiter(rate, period)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[PlainLimiter]:
    yield PlainLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = PlainLimiter(rate, period)
    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
