"""What stands in for an alternative of ``patterns.fan_out``: jobs that are stepped by hand, side by side."""

from collections.abc import Iterable
from typing import TypeVar

from benchmarks.plan.nothing import Nothing, by_hand
from patterns.fan_out import Job

T = TypeVar("T")


class Offers:
    """What the workloads need."""

    @staticmethod
    async def collect(jobs: Iterable[Job[T]]) -> list[T]:
        """All at once."""
        return await by_hand(jobs)

    @staticmethod
    async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
        """So many at once."""
        return await by_hand(jobs, limit)


JOBS = Nothing("jobs that are stepped by hand, without a task", Offers)
NOTHING: dict[str, Nothing | str] = {
    "ready": JOBS,
    "one_hop": JOBS,
    "skewed": JOBS,
    "bounded_10": JOBS,
    "bounded_100": JOBS,
    "bounded_skewed": JOBS,
    "first_10": "stopping the jobs that were not needed is what is asked about, and takes something that stops them",
}
