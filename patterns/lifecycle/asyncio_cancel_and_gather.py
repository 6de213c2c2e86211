"""A trap: `create_task` for each service, then `cancel` and `gather(..., return_exceptions=True)`.

Choose it when services cannot fail.
It costs the errors that `gather` returns and nobody reads: a program goes on without a service that failed an hour ago,
and ends as if all had been well. `asyncio.TaskGroup` costs as much, and hears of failures.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    tasks = []
    try:
        for service in services:
            started = asyncio.get_running_loop().create_future()
            tasks.append(asyncio.create_task(_run(service, started)))
            await started
        yield
    finally:
        for task in reversed(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(service: Service, started: asyncio.Future[None]) -> None:
    def begun() -> None:
        if not started.done():
            started.set_result(None)

    try:
        await service(begun)
        if not started.done():
            raise RuntimeError("a service ended before it had started")
    except BaseException as error:
        if started.done():
            raise
        started.set_exception(error)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("failure_reaches_caller", "", "what gather returns is dropped, and the errors with it"),
    ("stops_in_reverse", "", "all tasks are cancelled at the same time"),
    ("reverse_after_failure", "", "all tasks are cancelled at the same time"),
    ("reverse_when_cancelled", "", "all tasks are cancelled at the same time"),
    ("failure_ends_the_body", "", "nobody looks after a task that has failed"),
    ("failure_ends_starting", "", "nobody looks after a task that has failed"),
    ("all_errors_reported", "", "what gather returns is dropped, and the errors with it"),
)
