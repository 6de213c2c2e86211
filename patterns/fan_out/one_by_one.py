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
NOT_APPLICABLE = (
    ("jobs_run_together", "says of itself that it runs one job at a time"),
    ("limit_used", "says of itself that it runs one job at a time"),
    ("siblings_cancelled_on_error", "says of itself that it runs one job at a time"),
    ("all_errors_reported", "says of itself that it runs one job at a time"),
    ("nested_calls_end", "says of itself that it runs one job at a time"),
    ("context_isolated", "says of itself that jobs share a task and its context variables"),
)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    return [await job() for job in jobs]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:  # noqa: ARG001  one is never more than that
    return [await job() for job in jobs]
