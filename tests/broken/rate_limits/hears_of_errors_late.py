"""A run that looks for errors whenever it starts a job."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from patterns.rate_limits import Job

LIBRARY = "anyio"
KNOWN_FAILURES = (("first_error_ends_the_run", "", "the error of a job is heard of when the next one is to start"),)


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
    errors: list[Exception] = []
    all_started = False

    async def guarded(job: Job) -> None:
        try:
            await job()
        except Exception as error:
            errors.append(error)
            if all_started:
                group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            if errors:  # the defect: only now
                group.cancel_scope.cancel()
                break
            group.start_soon(guarded, job)
        all_started = True
    if errors:
        raise errors[0]
