"""asyncio-throttle: a log of the last starts, looked at every 10 ms by everybody who waits.

Choose it when a few callers share a limit per second or longer and late arrivals may overtake: the whole package is
forty lines.
It costs processor time for every waiter, a hundred looks per second each, and up to ten milliseconds per wait.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from asyncio_throttle import Throttler  # type: ignore[attr-defined]  # it exports what it imports

Job = Callable[[], Awaitable[None]]


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    throttler = Throttler(rate_limit=rate, period=period)

    async def run(job: Job) -> None:
        async with throttler:
            await job()

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(run(job))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.rate_limits import Limiter

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asyncio-throttle>=1.0.2",)
KNOWN_FAILURES = (
    ("fast_limit", "", "everybody looks every ten milliseconds: up to that much is lost of each period"),
    (
        "many_jobs_start_at_the_pace",
        "",
        "every ten milliseconds it looks whether a job may start: 3 to 6 % of 2200 a second are lost",
    ),
    ("first_come_first_served", "", "whoever looks first after a permit is free gets it; asyncio-throttle#4"),
    ("nobody_overtakes", "", "a newcomer takes the permit before those who wait look again"),
    ("waiting_is_free", "", "each waiter is woken a hundred times per second; asyncio-throttle#4"),
)


@asynccontextmanager
async def limiter(rate: int, period: float) -> AsyncIterator[Limiter]:
    yield Throttler(rate_limit=rate, period=period)
