"""Workers on a shared iterator: `limit` tasks in a nursery, each takes job after job.

Choose it when there are far more jobs than may run at once: the jobs cost no task of their own.
It costs `limit` tasks even for few jobs, and what a job leaves behind in its task or context meets the next one.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    numbered = enumerate(jobs)
    results: dict[int, T] = {}

    async def work() -> None:
        for index, job in numbered:
            results[index] = await job()

    async with trio.open_nursery() as nursery:
        for _ in range(limit):
            nursery.start_soon(work)
    return [results[index] for index in range(len(results))]


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("no_start_after_error", "", "a worker whose job finishes although it was cancelled takes the next job"),
    ("context_isolated", "", "jobs share a task and its context variables"),
)
