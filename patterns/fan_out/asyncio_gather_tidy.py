"""`asyncio.gather` with a clean-up: on any error it cancels the rest and waits for them.

Choose it when you must keep `gather` but cannot let jobs run on after an error.
It costs a task per job and code that is easy to forget; `asyncio.TaskGroup` does the same for you.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    ready = list(jobs)  # an error of the iterator must find no task started
    tasks = [asyncio.ensure_future(job()) for job in ready]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        ("a cancellation that comes just after a job failed is taken for delivered, and then the error is raised"),
    ),
    (
        "nested_calls_end",
        "",
        ("a cancellation that comes just after a job failed is taken for delivered, and then the error is raised"),
    ),
    ("all_errors_reported", "", "when several jobs fail, one error is told, and the others are not"),
)
