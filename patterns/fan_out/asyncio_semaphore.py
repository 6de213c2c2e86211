"""`asyncio.Semaphore` around every job, all of them in one `asyncio.gather`.

Choose it when the list of jobs is short and no job can fail.
It costs a task per job from the start, however small the limit. The first error leaves while the other jobs run on.
"""

import asyncio
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"
KIND = "trap"
CAVEATS = (
    "Reads every job before it starts the first.",
    "Reports one error, even when several jobs fail.",
)
KNOWN_FAILURES = (
    ("siblings_cancelled_on_error", "", "https://github.com/python/cpython/issues/75633"),
    (
        "nothing_left_on_exit",
        "",
        "tests/patterns/test_fan_out.py: after an error jobs are still running",
    ),
)


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    slots = asyncio.Semaphore(limit)

    async def run(job: Job[T]) -> T:
        async with slots:
            return await job()

    return await asyncio.gather(*[run(job) for job in jobs])
