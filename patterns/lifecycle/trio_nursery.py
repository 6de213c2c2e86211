"""`nursery.start`: one Trio nursery holds all services, and its cancel scope stops them at once.

Choose it when the program runs on Trio, and services do not need each other while they stop.
It costs a task per service and a nursery of its own while it starts, and no order in which they are stopped.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import trio

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        for service in services:
            await nursery.start(_run, service)
        yield
        nursery.cancel_scope.cancel()


async def _run(service: Service, *, task_status: trio.TaskStatus[None]) -> None:
    await service(task_status.started)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("stops_in_reverse", "", "the scope of the nursery cancels all services at the same time"),
    ("reverse_after_failure", "", "the scope of the nursery cancels all services at the same time"),
    ("reverse_when_cancelled", "", "the scope of the nursery cancels all services at the same time"),
)
