"""Results in the order in which the jobs finished, whatever that of the jobs was."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("result_order", "", "results are kept in the order of finishing"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: list[T] = []
    errors: list[BaseException] = []

    async def run(job: Job[T]) -> None:
        try:
            results.append(await job())  # the defect
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(run, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return results
