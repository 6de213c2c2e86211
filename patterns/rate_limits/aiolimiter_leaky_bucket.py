"""aiolimiter: `AsyncLimiter`, a leaky bucket with one timer for everybody who waits.

Choose it when callers ask for different amounts at once and the other side forgives a burst on top of the rate.
It costs the promise: a full burst and what leaks meanwhile give almost twice the limit within one period, and the
smallest request is served first, so that a large one can wait for ever.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiolimiter import AsyncLimiter

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiolimiter>=1.3.0",)
KNOWN_FAILURES = (
    (
        "never_above_the_limit",
        "",
        "a full burst and what leaks meanwhile: 7 permits within a period that allows 4; documented as a leaky bucket",
    ),
    ("nobody_overtakes", "", "a newcomer takes what leaked before the timer of the one who waits has fired"),
    (
        "heavy_request_gets_its_turn",
        "",
        "waiters are a heap by amount: while requests for one permit keep coming, one for six waits",
    ),
    (
        "fast_waiting_is_cheap",
        "",
        "its timers are shorter than the milliseconds of uvloop: 31 wakings per permit at 2000 a second",
        "uvloop",
    ),
)


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[AsyncLimiter]:
    yield AsyncLimiter(rate, period)


@asynccontextmanager
async def weighted_limiter(rate: int, period: float) -> AsyncIterator[AsyncLimiter]:
    yield AsyncLimiter(rate, period)
