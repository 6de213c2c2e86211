"""The cancellations of the other jobs are reported as if they had failed."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KNOWN_FAILURES = (("no_stray_cancellation", "", "the error contains cancellations that nobody asked the caller for"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except BaseException as error:  # the defect
            errors.append(error)
            group.cancel_scope.cancel()
            if isinstance(error, anyio.get_cancelled_exc_class()):
                raise

    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in range(len(results))]
