"""Workers on a shared iterator: `limit` tasks in an AnyIO task group, each takes job after job.

Choose it when one code base must run on asyncio and Trio and there are far more jobs than may run at once.
It costs `limit` tasks even for few jobs, and what a job leaves behind in its task or context meets the next one.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    numbered = enumerate(jobs)
    results: dict[int, T] = {}

    async def work() -> None:
        for index, job in numbered:
            results[index] = await job()

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            group.start_soon(work)
    return [results[index] for index in range(len(results))]


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        ("AnyIO's task group raises the errors of jobs and forgets a task.cancel() that came while it waited for them"),
        "[!t]*",
    ),
    ("no_start_after_error", "", "a worker whose job finishes although it was cancelled takes the next job"),
    ("context_isolated", "", "jobs share a task and its context variables"),
)
