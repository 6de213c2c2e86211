"""`asyncio.TaskGroup`: tasks that cannot outlive the block that started them.

Choose it when you write for asyncio and want the standard library: a failure stops the siblings, and all errors are
reported.
It costs a task per job and a callback when it ends, and a lock-step with a semaphore if the number of jobs is bounded.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job()) for job in jobs]
    return [task.result() for task in tasks]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    slots = asyncio.Semaphore(limit)

    async def run(job: Job[T]) -> T:
        try:
            return await job()
        finally:
            slots.release()

    tasks = []
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            await slots.acquire()
            tasks.append(group.create_task(run(job)))
    return [task.result() for task in tasks]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results: list[T] = []
    enough = asyncio.Event()

    async def run(job: Job[T]) -> None:
        results.append(await job())
        if len(results) == count:
            enough.set()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(job)) for job in jobs]
        if len(tasks) > count:
            await enough.wait()
            for task in tasks:
                task.cancel()
    return results[:count]


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
        "after the error of a job Task.cancelling() stays at 1, and an outer asyncio.timeout raises CancelledError",
    ),
    ("no_unawaited_or_unretrieved", "<3.13", "https://github.com/python/cpython/issues/128588", "asyncio-eager"),
    (
        "error_reaches_caller",
        "",
        "after the error of an eager job create_task raises a RuntimeError, and the caller gets both",
        "asyncio-eager",
    ),
)
