"""`anyio.as_completed`: results as they arrive, in a block that no job outlives.

Choose it when you want to act on each result at once and stop early without leaving jobs behind.
It costs a task, a task handle and a clone of a stream per job.
"""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16.0",)
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        "tests/patterns/test_fan_out.py: a cancellation of the caller is lost when a job fails meanwhile",
        "[!t]*",  # every loop but Trio's
    ),
)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    async def numbered(index: int, job: Job[T]) -> tuple[int, T]:
        return index, await job()

    coroutines = [numbered(index, job) for index, job in enumerate(jobs)]
    if not coroutines:
        return []
    async with anyio.as_completed(*coroutines) as handles:
        results = dict([handle.return_value async for handle in handles])
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results: list[T] = []
    coroutines = [job() for job in jobs]
    if not coroutines:
        return results
    async with anyio.as_completed(*coroutines) as handles:
        async for handle in handles:
            results.append(handle.return_value)
            if len(results) == count:
                break
    return results
