"""`asyncio.as_completed`: results one after the other, as they arrive.

Choose it when you want to act on each result at once and no job can fail.
It costs a task and a queue entry per job. An error or a `break` leaves the loop while the other jobs run on unwatched.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    async def numbered(index: int, job: Job[T]) -> tuple[int, T]:
        return index, await job()

    ready = list(enumerate(jobs))  # an error of the iterator must find no coroutine made
    results = {}
    for earliest in asyncio.as_completed([numbered(index, job) for index, job in ready]):
        index, result = await earliest
        results[index] = result
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    ready = list(jobs)
    tasks = [asyncio.ensure_future(job()) for job in ready]
    results: list[T] = []
    for earliest in asyncio.as_completed(tasks):
        results.append(await earliest)
        if len(results) == count:
            break
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return results


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("siblings_cancelled_on_error", "", "neither an error nor a cancellation stops the jobs"),
    ("nothing_left_on_exit", "", "neither an error nor a cancellation stops the jobs"),
    ("outer_cancel_reaches_all", "", "neither an error nor a cancellation stops the jobs"),
    ("no_unawaited_or_unretrieved", "", "the error of a second job is never retrieved"),
    ("all_errors_reported", "", "when several jobs fail, one error is told, and the others are not"),
)
