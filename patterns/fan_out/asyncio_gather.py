"""`asyncio.gather`: all coroutines at once, all results in one list.

Choose it when no job can fail, or when you pass `return_exceptions=True` and look at every result yourself.
It costs a task per job. The first error leaves while the other jobs run on unwatched, and their errors are lost.
"""

import asyncio
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"
KIND = "trap"
CAVEATS = ("Reports one error, even when several jobs fail.",)
KNOWN_FAILURES = (
    ("siblings_cancelled_on_error", "", "https://github.com/python/cpython/issues/75633"),
    (
        "nothing_left_on_exit",
        "",
        "tests/patterns/test_fan_out.py: after an error jobs are still running",
    ),
)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    return await asyncio.gather(*[job() for job in jobs])
