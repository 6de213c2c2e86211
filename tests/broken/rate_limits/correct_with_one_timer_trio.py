"""A correct limiter of another make: events in a queue, and one task of the limiter that serves whoever is due."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import trio

from patterns.rate_limits import Job

LIBRARY = "trio"


class Entry:
    def __init__(self, permits: int) -> None:
        self.permits = permits
        self.event = trio.Event()
        self.closed = False


class ServedLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self.rate, self.period = rate, period
        self.log: deque[float] = deque()
        self.queue: deque[Entry] = deque()
        self.news = trio.Event()
        self.closed = False

    async def acquire(self, permits: int = 1) -> None:
        if permits > self.rate:
            raise ValueError(f"{permits} permits of {self.rate}")
        if self.closed:
            raise trio.ClosedResourceError
        entry = Entry(permits)
        self.queue.append(entry)
        self.news.set()
        try:
            await entry.event.wait()
        except trio.Cancelled:
            if entry in self.queue:
                self.queue.remove(entry)
            elif not entry.closed:  # it was served in the turn in which it left
                for _ in range(permits):
                    self.log.pop()
            self.news.set()
            raise
        if entry.closed:
            raise trio.ClosedResourceError

    async def work(self) -> None:
        while True:
            self.news = trio.Event()
            with trio.move_on_after(self.serve()):
                await self.news.wait()

    def serve(self) -> float:
        now = trio.current_time()
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
        async with trio.open_nursery() as nursery:
            nursery.start_soon(made.work)
            yield made
            nursery.cancel_scope.cancel()
    finally:
        made.close()


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[ServedLimiter]:
    async with limiter(rate, period) as made:
        yield made


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    async with limiter(rate, period) as made, trio.open_nursery() as nursery:
        for job in jobs:
            await made.acquire()
            nursery.start_soon(job)
