"""An AnyIO task group: the nursery that runs on asyncio and Trio.

Choose it when one code base must run on both, or when you want Trio's cancel scopes on asyncio.
It costs a task per job with AnyIO's own book-keeping around it.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    async with anyio.create_task_group() as group:
        handles = [group.create_task(job()) for job in jobs]
    return [handle.return_value for handle in handles]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    slots = anyio.Semaphore(limit, fast_acquire=True)

    async def run(job: Job[T]) -> T:
        try:
            return await job()
        finally:
            slots.release()

    handles = []
    async with anyio.create_task_group() as group:
        for job in jobs:
            await slots.acquire()
            handles.append(group.start_soon(run, job))
    return [handle.return_value for handle in handles]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results: list[T] = []

    async def run(job: Job[T]) -> None:
        results.append(await job())
        if len(results) == count:
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(run, job)
    return results[:count]


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        "AnyIO's task group raises the errors of jobs and forgets a task.cancel() that came while it waited for them",
        "[!t]*",
    ),
)
