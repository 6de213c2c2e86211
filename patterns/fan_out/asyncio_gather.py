"""`asyncio.gather`: all coroutines at once, all results in one list.

Choose it when no job can fail, or when you pass `return_exceptions=True` and look at every result yourself.
It costs a task per job. The first error leaves while the other jobs run on unwatched, and their errors are lost.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    ready = list(jobs)  # an error of the iterator must find no coroutine made
    return await asyncio.gather(*[job() for job in ready])


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("siblings_cancelled_on_error", "", "https://github.com/python/cpython/issues/75633"),
    ("nothing_left_on_exit", "", "https://github.com/python/cpython/issues/75633"),
    (
        "outer_cancel_reaches_all",
        "",
        ("when the caller is cancelled, the first job that ends by it ends the call; clean-up of the others goes on"),
    ),
    (
        "cancellation_survives_error",
        "",
        ("a cancellation that comes just after a job failed is taken for delivered, and then the error is raised"),
    ),
    ("all_errors_reported", "", "when several jobs fail, one error is told, and the others are not"),
)
