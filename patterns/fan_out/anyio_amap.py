"""`anyio.amap`: one coroutine function over many arguments, at once.

Choose it when all jobs are the same function with another argument.
It costs what an AnyIO task group costs: it is one.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def _run(job: Job[T]) -> T:
    return await job()


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    return await anyio.amap(_run, jobs)


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16.0",)
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        "AnyIO's task group raises the errors of jobs and forgets a task.cancel() that came while it waited for them",
        "[!t]*",
    ),
)
