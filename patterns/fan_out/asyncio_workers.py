"""Workers on a shared iterator: `limit` tasks in a `TaskGroup`, each takes job after job.

Choose it when there are far more jobs than may run at once: the jobs cost no task of their own.
It costs `limit` tasks even for few jobs, and what a job leaves behind in its task or context meets the next one.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    numbered = enumerate(jobs)
    results: dict[int, T] = {}

    async def work() -> None:
        for index, job in numbered:
            results[index] = await job()

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(work())
    return [results[index] for index in range(len(results))]


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
    ("no_unawaited_or_unretrieved", "<3.13", "https://github.com/python/cpython/issues/128588", "asyncio-eager"),
    (
        "error_reaches_caller",
        "",
        ("after the error of an eager job create_task raises a RuntimeError, and the caller gets both"),
        "asyncio-eager",
    ),
    ("no_start_after_error", "", "a worker whose job finishes although it was cancelled takes the next job"),
    ("context_isolated", "", "jobs share a task and its context variables"),
)
