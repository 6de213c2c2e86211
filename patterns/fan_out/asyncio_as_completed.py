"""`asyncio.as_completed`: results one after the other, as they arrive.

Choose it when you want to act on each result at once and no job can fail.
It costs a task and a queue entry per job. An error or a `break` leaves the loop while the other jobs run on unwatched.
"""

import asyncio
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"
KIND = "trap"
CAVEATS = ("Reports one error, even when several jobs fail.",)
KNOWN_FAILURES = (
    ("siblings_cancelled_on_error", "", "tests/patterns/test_fan_out.py: the other jobs run on after an error"),
    (
        "nothing_left_on_exit",
        "",
        "tests/patterns/test_fan_out.py: jobs run on after an error or a cancellation",
    ),
    (
        "outer_cancel_reaches_all",
        "",
        "tests/patterns/test_fan_out.py: no job hears that the caller was cancelled",
    ),
    ("no_unawaited_or_unretrieved", "", "tests/patterns/test_fan_out.py: a second error is never retrieved"),
)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    async def numbered(index: int, job: Job[T]) -> tuple[int, T]:
        return index, await job()

    results = {}
    for earliest in asyncio.as_completed([numbered(index, job) for index, job in enumerate(jobs)]):
        index, result = await earliest
        results[index] = result
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    tasks = [asyncio.ensure_future(job()) for job in jobs]
    results: list[T] = []
    for earliest in asyncio.as_completed(tasks):
        results.append(await earliest)
        if len(results) == count:
            break
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return results
