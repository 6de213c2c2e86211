"""`trio.CapacityLimiter` around every job, all of them in one nursery.

Choose it when several calls share one limit, or when the limit changes while jobs run.
It costs a task per job from the start, however small the limit, and two trips through the limiter each.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results: dict[int, T] = {}
    limiter = trio.CapacityLimiter(limit)

    async def run(index: int, job: Job[T]) -> None:
        async with limiter:
            results[index] = await job()

    async with trio.open_nursery() as nursery:
        for index, job in enumerate(jobs):
            nursery.start_soon(run, index, job)
    return [results[index] for index in range(len(results))]


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (("lazy_intake", "", "every job is read before the first is started"),)
