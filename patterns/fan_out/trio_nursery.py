"""A Trio nursery with a place per result: jobs cannot outlive the block that started them.

Choose it when the program runs on Trio: a failure stops the siblings, and all errors are reported.
It costs a task per job, and a place per result, because a nursery returns nothing.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results: dict[int, T] = {}

    async def run(index: int, job: Job[T]) -> None:
        results[index] = await job()

    async with trio.open_nursery() as nursery:
        for index, job in enumerate(jobs):
            nursery.start_soon(run, index, job)
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results: dict[int, T] = {}
    slots = trio.Semaphore(limit)

    async def run(index: int, job: Job[T]) -> None:
        try:
            results[index] = await job()
        finally:
            slots.release()

    async with trio.open_nursery() as nursery:
        for index, job in enumerate(jobs):
            await slots.acquire()
            nursery.start_soon(run, index, job)
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    results: list[T] = []

    async def run(job: Job[T]) -> None:
        results.append(await job())
        if len(results) == count:
            nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        for job in jobs:
            nursery.start_soon(run, job)
    return results[:count]


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
