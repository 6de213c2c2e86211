"""asynciolimiter: `LeakyBucketLimiter`, a burst up to the limit and one permit per interval after it.

Choose it when the other side allows a burst on top of the rate.
It costs the promise: a full burst and what leaks meanwhile give almost twice the limit within one period.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asynciolimiter import LeakyBucketLimiter

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asynciolimiter>=1.2.0",)
KNOWN_FAILURES = (
    ("never_above_the_limit", "", "a full burst and what leaks meanwhile: 7 permits within a period that allows 4"),
    (
        "cancelled_waiter_takes_no_permit",
        "",
        "the permit of a waiter that is cancelled in the turn of its wake-up is lost",
    ),
    (
        "fast_limit",
        "",
        "a ResourceWarning at thousands per second: uvloop wakes it more than one interval early",
        "uvloop",
    ),
    ("second_loop", "", "the wake-up that unlocks it stayed in the first loop"),
)


class BurstyLimiter:
    def __init__(self, limiter: LeakyBucketLimiter) -> None:
        self.acquire = limiter.wait


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[BurstyLimiter]:
    limiter = LeakyBucketLimiter(rate / period, capacity=rate)
    try:
        yield BurstyLimiter(limiter)
    finally:
        limiter.close()
