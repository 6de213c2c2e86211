"""A correct limiter of single permits: whoever is next waits for the clock, and wakes the one behind when it goes."""

import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

LIBRARY = "anyio"


class QueueLimiter:
    def __init__(self, rate: int, period: float) -> None:
        self.rate, self.period = rate, period
        self.log: deque[float] = deque(maxlen=rate)
        self.queue: list[anyio.Event] = []

    async def acquire(self) -> None:
        turn = anyio.Event()
        self.queue.append(turn)
        self.queue[0].set()
        try:
            await turn.wait()
            while (wait := self.missing()) > 0:  # noqa: ASYNC110  it waits for time
                await anyio.sleep(wait)
            self.log.append(time.monotonic())
        except anyio.get_cancelled_exc_class():
            self.leave(turn)
            raise
        self.leave(turn)

    def leave(self, turn: anyio.Event) -> None:
        self.queue.remove(turn)
        if self.queue:
            self.queue[0].set()

    def missing(self) -> float:
        return self.log[0] + self.period - time.monotonic() if len(self.log) == self.rate else 0.0


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[QueueLimiter]:
    yield QueueLimiter(rate, period)
