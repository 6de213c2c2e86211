"""Workers on a Trio memory channel: `limit` tasks receive jobs that one task sends.

Choose it when the jobs come from another task, or when taking the next job must itself wait.
It costs `limit` tasks even for few jobs and a hand-over per job; what a job leaves in its context meets the next one.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results: dict[int, T] = {}
    sending, receiving = trio.open_memory_channel[tuple[int, Job[T]]](0)

    async def work() -> None:
        async for index, job in receiving:
            results[index] = await job()

    async with trio.open_nursery() as nursery:
        for _ in range(limit):
            nursery.start_soon(work)
        async with sending:
            for numbered in enumerate(jobs):
                await sending.send(numbered)
    return [results[index] for index in range(len(results))]


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (("context_isolated", "", "jobs share a task and its context variables"),)
