"""`anyio.as_completed`: results as they arrive, in a block that no job outlives.

Choose it when you want to act on each result at once and stop early without leaving jobs behind.
It costs a task, a task handle and a clone of a stream per job.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    async def numbered(index: int, job: Job[T]) -> tuple[int, T]:
        return index, await job()

    ready = list(enumerate(jobs))  # an error of the iterator must find no coroutine made
    if not ready:
        return []
    async with anyio.as_completed(*[numbered(index, job) for index, job in ready]) as handles:
        # What a job raised leaves with the block; asking for its value would add a TaskFailed.
        results = dict([handle.return_value async for handle in handles if not handle.exception])
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results: list[T] = []
    ready = list(jobs)
    if not ready:
        return results
    async with anyio.as_completed(*[job() for job in ready]) as handles:
        async for handle in handles:
            if not handle.exception:
                results.append(handle.return_value)
            if len(results) == count:
                break
    return results


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16.0",)
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        "AnyIO's task group raises the errors of jobs and forgets a task.cancel() that came while it waited for them",
        "[!t]*",
    ),
)
