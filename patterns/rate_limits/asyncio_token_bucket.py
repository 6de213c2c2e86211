"""A token bucket under a lock: whoever lacks a token sleeps with the lock in hand.

Choose it when the other side counts tokens too and allows a burst on top of the rate: the limiter people write most.
It costs the promise: after a pause a full bucket and a period's drip give almost twice the limit within one period.
"""

import asyncio
import time


class TokenBucket:
    def __init__(self, rate: int, period: float) -> None:
        self._capacity = rate
        self._per_second = rate / period
        self._tokens = float(rate)
        self._updated = time.monotonic()
        self._lock = asyncio.Lock()

    def _refill(self) -> None:
        now = time.monotonic()
        self._tokens = min(self._capacity, self._tokens + (now - self._updated) * self._per_second)
        self._updated = now

    async def acquire(self, tokens: int = 1) -> None:
        if tokens > self._capacity:
            raise ValueError(f"{tokens} tokens never fit into a bucket of {self._capacity}")
        async with self._lock:
            self._refill()
            while self._tokens < tokens:
                await asyncio.sleep((tokens - self._tokens) / self._per_second)
                self._refill()
            self._tokens -= tokens


# --- how it fits the contract ---

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from patterns.rate_limits import Job, Limiter, WeightedLimiter

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("never_above_the_limit", "", "a full bucket and a period of drops: 7 permits within a period that allows 4"),
    ("jobs_start_within_the_limit", "", "the same burst: 5 jobs start within a quarter of a period that allows 4"),
    (
        "fast_waiting_is_cheap",
        "",
        "uvloop rounds its short sleeps to none: 102 wakings per permit at 2000 a second",
        "uvloop",
    ),
)


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[Limiter]:
    yield TokenBucket(rate, period)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[WeightedLimiter]:
    yield TokenBucket(rate, period)


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    bucket = TokenBucket(rate, period)

    async def run(job: Job) -> None:
        await bucket.acquire()
        await job()

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(run(job))
