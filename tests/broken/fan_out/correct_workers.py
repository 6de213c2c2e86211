"""Correct, and slow: workers share the jobs, and give each a task of its own, with a context of its own."""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    numbered = enumerate(jobs)
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    async def work() -> None:
        for index, job in numbered:
            async with anyio.create_task_group() as own:
                own.start_soon(run, index, job)
            if group.cancel_scope.cancel_called:
                break

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:
            errors.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            group.start_soon(work)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [results[index] for index in sorted(results)]
