"""A run that, once cancelled, lets its jobs go on for half a second."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from patterns.rate_limits import Job

LIBRARY = "anyio"
KNOWN_FAILURES = (("cancelled_run_leaves_no_jobs", "", "the run ends half a second after it was cancelled"),)


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


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[PlainLimiter]:
    yield PlainLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = PlainLimiter(rate, period)
    failed = False

    async def guarded(job: Job) -> None:
        nonlocal failed
        try:
            await job()
        except Exception:
            failed = True
            raise

    async with anyio.create_task_group() as group:
        try:
            for job in jobs:
                await made.acquire()
                group.start_soon(guarded, job)
        except anyio.get_cancelled_exc_class():
            if not failed:
                with anyio.CancelScope(shield=True):
                    await anyio.sleep(0.5)  # the defect
            raise
