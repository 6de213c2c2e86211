"""`aiometer`: run many coroutine functions, with a limit on how many run and start per second.

Choose it when the jobs call a service that limits the rate as well as the number of open requests.
It costs a task per job in an AnyIO task group, a trip through a stream per result, and a semaphore if bounded.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import aiometer
import anyio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def _run(job: Job[T]) -> T:
    return await job()


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    return await aiometer.run_all(list(jobs))


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    return await aiometer.run_all(list(jobs), max_at_once=limit)


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    finished: list[T] = []
    with anyio.CancelScope() as scope:  # amap() itself waits for all jobs, even after a break
        async with aiometer.amap(_run, list(jobs)) as results:
            async for result in results:
                finished.append(result)
                if len(finished) == count:
                    scope.cancel()
                    break
    return finished


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("aiometer>=1.0.0",)
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        ("AnyIO's task group raises the errors of jobs and forgets a task.cancel() that came while it waited for them"),
        "[!t]*",
    ),
    ("lazy_intake", "", "every job is read before the first is started"),
)
