"""A trap: `create_task` for each service, and `cancel` when the program ends.

Choose it when services cannot fail, and have nothing to clean up.
It costs what a service had still to write when the loop was closed: nobody waits for one that is cancelled.
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
    ("stopped_when_left", "", "whoever has cancelled the tasks goes on without waiting for them"),
    ("failed_start_stops_the_others", "", "whoever has cancelled the tasks goes on without waiting for them"),
    ("cancelled_caller_leaves_nobody", "", "whoever has cancelled the tasks goes on without waiting for them"),
    ("failure_reaches_caller", "", "nobody asks a task what it has raised"),
    ("cancellation_survives_failure", "", "nobody asks a task what it has raised: Task exception was never retrieved"),
    ("stops_in_reverse", "", "all tasks are cancelled at the same time"),
    ("reverse_after_failure", "", "all tasks are cancelled at the same time"),
    ("reverse_when_cancelled", "", "all tasks are cancelled at the same time"),
    ("failure_ends_the_body", "", "nobody looks after a task that has failed"),
    ("failure_ends_starting", "", "nobody looks after a task that has failed"),
    ("all_errors_reported", "", "nobody asks a task what it has raised"),
)
