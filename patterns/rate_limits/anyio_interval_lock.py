"""A lock around a sleep on AnyIO: each caller waits until the interval since the last one is over.

Choose it when the same code runs on asyncio and Trio, calls must be spread evenly, and a few per second are enough.
It costs speed: every permit is a timer of its own, which is a millisecond late, so it gives a few hundred per second at
most, and permits that nobody used are lost.
"""

import anyio


class IntervalLimiter:
    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._lock = anyio.Lock()
        self._next = 0.0

    async def acquire(self) -> None:
        async with self._lock:
            await anyio.sleep_until(self._next)
            self._next = anyio.current_time() + self._interval


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.rate_limits import Limiter

LIBRARY = "anyio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("fast_limit", "", "a timer per permit, a millisecond late each time: half of 2000 a second", "[!u]*"),
    ("fast_limit", "", "uvloop rounds sleeps below half a millisecond to none: all permits at once", "uvloop"),
)


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[Limiter]:
    yield IntervalLimiter(period / rate)
