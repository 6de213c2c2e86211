"""A correct limiter without a queue or a lock: whoever asks is told its moment, and sleeps until then."""

import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel

from patterns.rate_limits import Job

LIBRARY = "anyio"


class Reservation:
    def __init__(self, permits: int) -> None:
        self.permits = permits
        self.moment = 0.0
        self.moved = anyio.Event()


class ReservingLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self.rate, self.period = rate, period
        self.given: deque[float] = deque(maxlen=rate)
        self.reserved: list[Reservation] = []

    async def acquire(self, permits: int = 1) -> None:
        if permits > self.rate:
            raise ValueError(f"{permits} permits of {self.rate}")
        own = Reservation(permits)
        self.reserved.append(own)
        self.plan()
        try:
            while (wait := own.moment - time.monotonic()) > 0:
                own.moved = anyio.Event()
                with anyio.move_on_after(wait):
                    await own.moved.wait()
        except anyio.get_cancelled_exc_class():
            self.reserved.remove(own)
            self.plan()
            raise
        self.reserved.remove(own)
        self.given.extend([own.moment] * permits)

    def plan(self) -> None:
        """Tell everybody its moment, and wake those whose moment has come nearer."""
        moments = list(self.given)
        now = time.monotonic()
        for one in self.reserved:
            before = one.moment
            excess = len(moments) + one.permits - self.rate
            one.moment = max(now, moments[excess - 1] + self.period if excess > 0 else now)
            moments += [one.moment] * one.permits
            if one.moment < before:
                one.moved.set()


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[ReservingLimiter]:
    yield ReservingLimiter(rate, period)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[ReservingLimiter]:
    yield ReservingLimiter(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    made = ReservingLimiter(rate, period)
    async with anyio.create_task_group() as group:
        for job in jobs:
            await made.acquire()
            group.start_soon(job)  # type: ignore[arg-type]  # any awaitable will do
            await anyio.lowlevel.checkpoint()
