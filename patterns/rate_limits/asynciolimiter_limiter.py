"""asynciolimiter: `Limiter`, evenly spaced permits that catch up by up to five when the loop was late.

Choose it when calls must be spread evenly over the period and a busy loop must not lower the rate.
It costs bursts: permits that nobody used are lost, and above a few thousand per second the bound on catching up is what
limits.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asynciolimiter import Limiter as PackageLimiter

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asynciolimiter>=1.2.0",)
KNOWN_FAILURES = (
    (
        "cancelled_waiter_takes_no_permit",
        "",
        "the permit of a waiter that is cancelled in the turn of its wake-up is lost",
    ),
    ("second_loop", "", "the wake-up that unlocks it stayed in the first loop"),
    (
        "fast_limit",
        "",
        "a ResourceWarning at thousands per second: uvloop wakes it more than one interval early",
        "uvloop",
    ),
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
