"""The next jobs are started when all of a chunk are done."""

from collections.abc import Iterable
from itertools import islice

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("limit_used", "", "a slow job holds up the next chunk"),)


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    numbered = enumerate(jobs)
    while chunk := list(islice(numbered, limit)):  # the defect
        async with anyio.create_task_group() as group:
            for index, job in chunk:
                group.start_soon(run, index, job)
        if errors:
            raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
