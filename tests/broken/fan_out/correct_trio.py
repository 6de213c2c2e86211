"""A nursery for each job inside a nursery for all, without any of the defects planted beside it."""

import sys
from collections.abc import Iterable

import trio

from patterns.fan_out import Job, T

LIBRARY = "trio"


async def _run(jobs: Iterable[Job[T]], limit: int, count: int) -> dict[int, T]:
    results: dict[int, T] = {}
    slots = trio.CapacityLimiter(limit)

    async def run(index: int, job: Job[T]) -> None:
        async def inside() -> None:
            results[index] = await job()

        try:
            async with trio.open_nursery() as own:
                own.start_soon(inside)
        finally:
            slots.release_on_behalf_of(index)
        if len(results) >= count:
            group.cancel_scope.cancel()

    async with trio.open_nursery() as group:
        for index, job in enumerate(jobs):
            await slots.acquire_on_behalf_of(index)
            group.start_soon(run, index, job)
    return results


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results = await _run(jobs, sys.maxsize, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results = await _run(jobs, limit, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    return list((await _run(jobs, sys.maxsize, count)).values())[:count]
