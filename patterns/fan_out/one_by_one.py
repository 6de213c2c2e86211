"""A plain `for` loop with `await`: one job at a time.

Choose it when the jobs do not wait for anything, or when they must not overlap.
It costs the sum of all waiting times, because nothing runs while a job waits.
"""

from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "any"
KIND = "idiom"
CAVEATS = (
    "Not concurrent: one job at a time.",
    "Jobs share a task and its context variables.",
)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    return [await job() for job in jobs]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:  # noqa: ARG001  one is never more than that
    return [await job() for job in jobs]
