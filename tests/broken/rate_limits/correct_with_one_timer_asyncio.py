"""A correct limiter of another make: a queue of futures, and one timer that serves whoever is due."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from patterns.rate_limits import Job

LIBRARY = "asyncio"


class TimedLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self.loop = asyncio.get_running_loop()
        self.rate, self.period = rate, period
        self.log: deque[float] = deque()
        self.queue: deque[tuple[asyncio.Future[None], int]] = deque()
        self.timer: asyncio.TimerHandle | None = None

    async def acquire(self, permits: int = 1) -> None:
        if asyncio.get_running_loop() is not self.loop:
            raise RuntimeError("this limiter is another loop's")
        if permits > self.rate:
            raise ValueError(f"{permits} permits of {self.rate}")
        waiter = self.loop.create_future()
        self.queue.append((waiter, permits))
        self.serve()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                for _ in range(permits):  # it was served, and cancelled before it knew: the latest entries are as good
                    self.log.pop()
            self.serve()
            raise

    def serve(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None
        now = self.loop.time()
        while self.log and self.log[0] + self.period <= now:
            self.log.popleft()
        while self.queue:
            waiter, permits = self.queue[0]
            excess = len(self.log) + permits - self.rate
            if not waiter.done() and excess > 0:
                self.timer = self.loop.call_at(self.log[excess - 1] + self.period, self.serve)
                break
            self.queue.popleft()
            if not waiter.done():
                self.log.extend([now] * permits)
                waiter.set_result(None)

    def close(self) -> None:
        if self.timer:
            self.timer.cancel()
        for waiter, _ in self.queue:
            if not waiter.done():
                waiter.set_exception(RuntimeError("the limiter has ended"))


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[TimedLimiter]:
    made = TimedLimiter(rate, period)
    try:
        yield made
    finally:
        made.close()


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[TimedLimiter]:
    async with limiter(rate, period) as made:
        yield made


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with limiter(rate, period) as made:
        tasks: list[asyncio.Task[None]] = []
        try:
            async with asyncio.TaskGroup() as group:
                for job in jobs:
                    await made.acquire()
                    tasks.append(group.create_task(started(job)))
        except BaseExceptionGroup as group_error:
            raise group_error.exceptions[0] from None


async def started(job: Job) -> None:
    await job()
