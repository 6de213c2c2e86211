"""What stands in for an alternative of ``patterns.rate_limits``: no limit."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.plan.nothing import Job, Nothing, by_hand


class Endless:
    """As many permits as anybody wants."""

    async def acquire(self, *_: int) -> None:
        """Go ahead."""


class Offers:
    """What the workloads need."""

    @staticmethod
    @asynccontextmanager
    async def limiter(*_: Any) -> AsyncIterator[Endless]:
        """No limit."""
        yield Endless()

    weighted_limiter = limiter

    @staticmethod
    async def run_paced(jobs: Sequence[Job[None]], *_: Any) -> None:
        """All at once, stepped by hand."""
        await by_hand(jobs)


PERMITS = Nothing("permits that are there at once", Offers)
NOTHING: dict[str, Nothing | str] = {
    "uncontended": PERMITS,
    "ten_a_second": "callers who ask again as soon as they are served would never wait without a limit",
    "backlog": PERMITS,
    "blocked": "whoever waits in vain waits for something, and that is what is compared",
    "weighted_backlog": PERMITS,
    "paced_jobs": Nothing("jobs that start at once and are stepped by hand", Offers),
}
