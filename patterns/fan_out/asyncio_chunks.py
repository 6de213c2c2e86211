"""One chunk after the other: `limit` jobs in a `TaskGroup`, and when all are done the next.

Choose it when all jobs take about the same time, or when something must happen between the chunks.
It costs waiting: while the slowest job of a chunk runs, the places of the others stay empty.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    source = iter(jobs)
    results: list[T] = []
    while chunk := list(islice(source, limit)):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job()) for job in chunk]
        results += [task.result() for task in tasks]
    return results


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("cancellation_survives_error", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("nested_calls_end", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("no_stray_cancellation", "<3.13", "https://github.com/python/cpython/issues/128588", "asyncio-eager"),
    (
        "no_stray_cancellation",
        "<3.13",
        ("after the error of a job Task.cancelling() stays at 1, and an outer asyncio.timeout raises CancelledError"),
    ),
    ("siblings_cancelled_on_error", "<3.13", "https://github.com/python/cpython/issues/128588", "asyncio-eager"),
    ("no_start_after_error", "<3.13", "https://github.com/python/cpython/issues/128588", "asyncio-eager"),
    ("nothing_left_on_exit", "<3.13", "https://github.com/python/cpython/issues/128588", "asyncio-eager"),
    (
        "error_reaches_caller",
        "",
        ("after the error of an eager job create_task raises a RuntimeError, and the caller gets both"),
        "asyncio-eager",
    ),
    ("limit_used", "", "a slow job holds up its whole chunk"),
)
