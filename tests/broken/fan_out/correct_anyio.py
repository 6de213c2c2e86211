"""A task per job on AnyIO, without any of the defects planted beside it."""

import sys
from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"


async def _run(jobs: Iterable[Job[T]], limit: int, count: int) -> dict[int, T]:
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    slots = anyio.Semaphore(limit)

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # kept from the group, which would forget a cancellation of the caller
            errors.append(error)
        finally:
            slots.release()
        if errors or len(results) >= count:
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for index, job in enumerate(jobs):
            await slots.acquire()
            group.start_soon(run, index, job)
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return results


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results = await _run(jobs, sys.maxsize, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results = await _run(jobs, limit, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    return list((await _run(jobs, sys.maxsize, count)).values())[:count]
