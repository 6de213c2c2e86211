"""`asyncio.gather` with a clean-up: on any error it cancels the rest and waits for them.

Choose it when you must keep `gather` but cannot let jobs run on after an error.
It costs a task per job and code that is easy to forget; `asyncio.TaskGroup` does the same for you.
"""

import asyncio
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"
KIND = "idiom"
CAVEATS = ("Reports one error, even when several jobs fail.",)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    tasks = [asyncio.ensure_future(job()) for job in jobs]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
