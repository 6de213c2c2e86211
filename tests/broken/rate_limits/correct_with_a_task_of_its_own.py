"""A correct limiter that works in a task of its own, through AnyIO."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from patterns.rate_limits import Job

LIBRARY = "anyio"


class Entry:
    def __init__(self, permits: int) -> None:
        self.permits = permits
        self.event = anyio.Event()
        self.closed = False


class ServedLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self.rate, self.period = rate, period
        self.log: deque[float] = deque()
        self.queue: deque[Entry] = deque()
        self.news = anyio.Event()
        self.closed = False

    async def acquire(self, permits: int = 1) -> None:
        if permits > self.rate:
            raise ValueError(f"{permits} permits of {self.rate}")
        if self.closed:
            raise anyio.ClosedResourceError
        entry = Entry(permits)
        self.queue.append(entry)
        self.news.set()
        try:
            await entry.event.wait()
        except anyio.get_cancelled_exc_class():
            if entry in self.queue:
                self.queue.remove(entry)
            elif not entry.closed:  # it was served in the turn in which it left
                for _ in range(permits):
                    self.log.pop()
            self.news.set()
            raise
        if entry.closed:
            raise anyio.ClosedResourceError

    async def work(self) -> None:
        while True:
            self.news = anyio.Event()
            with anyio.move_on_after(self.serve()):
                await self.news.wait()

    def serve(self) -> float:
        now = anyio.current_time()
        while self.log and self.log[0] + self.period <= now:
            self.log.popleft()
        while self.queue:
            excess = len(self.log) + self.queue[0].permits - self.rate
            if excess > 0:
                return max(0.0, self.log[excess - 1] + self.period - now)
            entry = self.queue.popleft()
            self.log.extend([now] * entry.permits)
            entry.event.set()
        return float("inf")

    def close(self) -> None:
        self.closed = True
        for entry in self.queue:
            entry.closed = True
            entry.event.set()


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[ServedLimiter]:
    made = ServedLimiter(rate, period)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(made.work)
            yield made
            group.cancel_scope.cancel()
    finally:
        made.close()


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[ServedLimiter]:
    async with limiter(rate, period) as made:
        yield made


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with limiter(rate, period) as made, anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
