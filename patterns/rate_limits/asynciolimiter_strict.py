"""asynciolimiter: `StrictLimiter`, evenly spaced permits, never two closer than the interval.

Choose it when calls must be spread evenly over the period and two that come together are one too many.
It costs speed: every permit is a timer of its own, which is a millisecond late, so it gives a few hundred per second at
most, and permits that nobody used are lost.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asynciolimiter import StrictLimiter as PackageLimiter

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asynciolimiter>=1.2.0",)
KNOWN_FAILURES = (
    ("fast_limit", "", "a timer per permit, a millisecond late each time: half of 2000 a second", "asyncio*"),
    (
        "fast_limit",
        "",
        "uvloop rounds timers below half a millisecond to none, and it does not look again",
        "uvloop",
    ),
    (
        "cancelled_waiter_takes_no_permit",
        "",
        "the permit of a waiter that is cancelled in the turn of its wake-up is lost",
    ),
    ("second_loop", "", "the wake-up that unlocks it stayed in the first loop"),
)


class SpacedLimiter:
    def __init__(self, limiter: PackageLimiter) -> None:
        self.acquire = limiter.wait


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[SpacedLimiter]:
    limiter = PackageLimiter(rate / period)
    try:
        yield SpacedLimiter(limiter)
    finally:
        limiter.close()
