"""A plain `for` loop with `await`: one job at a time.

Choose it when the jobs do not wait for anything, or when they must not overlap.
It costs the sum of all waiting times, because nothing runs while a job waits.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    return [await job() for job in jobs]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:  # noqa: ARG001  one is never more than that
    return [await job() for job in jobs]


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("jobs_run_together", "", "one job after the other"),
    ("limit_used", "", "one job at a time, whatever the limit is"),
    ("context_isolated", "", "jobs share a task and its context variables"),
)
NOT_APPLICABLE = (
    ("siblings_cancelled_on_error", "no two jobs run at a time"),
    ("all_errors_reported", "no two jobs run at a time"),
    ("nested_calls_end", "no two jobs run at a time"),
)
