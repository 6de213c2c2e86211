"""`aiometer`: run many coroutine functions, started one by one at a fixed pace.

Choose it when all jobs are known beforehand, on asyncio or Trio, and a few hundred may start per second.
It costs speed: every start is a timer of its own, which is a millisecond late, and a job costs a task in an AnyIO task
group and a trip through a stream.
"""

from collections.abc import Awaitable, Callable, Sequence

import aiometer

Job = Callable[[], Awaitable[None]]


async def run_paced(jobs: Sequence[Job], rate: int, period: float) -> None:
    await aiometer.run_all(jobs, max_per_second=rate / period)


# --- how it fits the contract ---

LIBRARY = "anyio"
KNOWN_FAILURES = (
    ("many_jobs_start_at_the_pace", "", "a timer per job, a millisecond late each time: half of 2200 a second"),
)
KIND = "package"
REQUIRES = ("aiometer>=1.0.0",)
