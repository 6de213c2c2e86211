"""A loser that finishes all the same is given as a result."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("first_stops_losers", "", "more results than asked for"),)


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results: list[T] = []
    errors: list[BaseException] = []

    async def run(job: Job[T]) -> None:
        try:
            results.append(await job())
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
        if errors or len(results) >= count:
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(run, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return results  # the defect
