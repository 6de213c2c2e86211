"""One `asyncio.TaskGroup` that holds all services, and cancels them all at once.

Choose it when services do not need each other while they stop: nothing in the standard library is shorter.
It costs a task and an event per service, and no order in which they are stopped.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    tasks = []
    async with asyncio.TaskGroup() as group:
        try:
            for service in services:
                started = asyncio.Event()
                tasks.append(group.create_task(_run(service, started)))
                await started.wait()  # if a service fails, the group cancels who waits here
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _run(service: Service, started: asyncio.Event) -> None:
    await service(started.set)
    if not started.is_set():
        raise RuntimeError("a service ended before it had started")


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("stops_in_reverse", "", "the group's tasks are all cancelled at the same time"),
    ("reverse_after_failure", "", "when one fails, its group cancels all others at the same time"),
    ("reverse_when_cancelled", "", "the group's tasks are all cancelled at the same time"),
    ("cancellation_survives_failure", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("no_stray_cancellation", "<3.13", "https://github.com/python/cpython/issues/116720"),
)
