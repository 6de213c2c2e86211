"""`asyncio.Semaphore` around every job, all of them in one `asyncio.gather`.

Choose it when the list of jobs is short and no job can fail.
It costs a task per job from the start, however small the limit. The first error leaves while the other jobs run on.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    slots = asyncio.Semaphore(limit)

    async def run(job: Job[T]) -> T:
        async with slots:
            return await job()

    ready = list(jobs)  # an error of the iterator must find no coroutine made
    return await asyncio.gather(*[run(job) for job in ready])


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
    ("no_start_after_error", "", "jobs that wait for the semaphore are still run after an error"),
    ("lazy_intake", "", "every job is read before the first is started"),
    ("all_errors_reported", "", "when several jobs fail, one error is told, and the others are not"),
)
