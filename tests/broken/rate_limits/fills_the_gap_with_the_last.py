"""A limiter that puts the last of the queue where somebody left it."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from patterns.rate_limits import Job

LIBRARY = "anyio"
KNOWN_FAILURES = (("first_come_first_served", "", "who leaves the queue lets the last one overtake"),)


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


class QueueLimiter(PlainLimiter):
    def __init__(self, rate: int, period: float) -> None:
        super().__init__(rate, period)
        self.queue: list[anyio.Event] = []

    async def acquire(self, permits: int = 1) -> None:
        turn = anyio.Event()
        self.queue.append(turn)
        self.queue[0].set()
        try:
            await turn.wait()
            while (wait := self.missing(permits)) > 0:  # noqa: ASYNC110  it waits for time
                await anyio.sleep(wait)
            self.log.extend([time.monotonic()] * permits)
        finally:
            self.remove(turn)
            if self.queue:
                self.queue[0].set()

    def remove(self, turn: anyio.Event) -> None:
        place = self.queue.index(turn)
        last = self.queue.pop()
        if place == 0:
            self.queue = [*self.queue[1:], last] if last is not turn else []
        elif last is not turn:
            self.queue[place] = last  # the defect


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[QueueLimiter]:
    yield QueueLimiter(rate, period)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[PlainLimiter]:
    yield PlainLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = PlainLimiter(rate, period)
    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
