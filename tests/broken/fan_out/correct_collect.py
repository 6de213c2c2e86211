"""Correct, and in one piece: `collect` alone, with a task for each job in a group of AnyIO's."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
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

    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in sorted(results)]
