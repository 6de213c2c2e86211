"""Not all jobs at once, but sixteen at a time."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("jobs_run_together", "", "the seventeenth job waits for one before it"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    slots = anyio.Semaphore(16)  # the defect

    async def run(index: int, job: Job[T]) -> None:
        try:
            async with slots:
                results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
