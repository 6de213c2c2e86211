"""`anyio.CapacityLimiter` around every job, all of them in one task group.

Choose it when several calls share one limit on asyncio and Trio, or when the limit changes while jobs run.
It costs a task per job from the start, however small the limit, and two trips through the limiter each.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    limiter = anyio.CapacityLimiter(limit)

    async def run(job: Job[T]) -> T:
        async with limiter:
            return await job()

    async with anyio.create_task_group() as group:
        handles = [group.start_soon(run, job) for job in jobs]
    return [handle.return_value for handle in handles]


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        ("AnyIO's task group raises the errors of jobs and forgets a task.cancel() that came while it waited for them"),
        "[!t]*",
    ),
    ("lazy_intake", "", "every job is read before the first is started"),
)
