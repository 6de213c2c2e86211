"""`anyio.gather`: `asyncio.gather` as it should have been, on asyncio and Trio.

Choose it when you want all results in one line and no job left behind after an error.
It costs what an AnyIO task group costs: it is one.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    ready = list(jobs)  # an error of the iterator must find no coroutine made
    return list(await anyio.gather(*[job() for job in ready]))


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
