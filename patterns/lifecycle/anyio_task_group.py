"""`anyio.TaskGroup.start`: one group holds all services, and its cancel scope stops them at once.

Choose it when one code base must run on asyncio and Trio, and services do not need each other while they stop.
It costs a task per service with AnyIO's own book-keeping around it, and no order in which they are stopped.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskStatus

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with anyio.create_task_group() as group:
        for service in services:
            await group.start(_run, service)
        yield
        group.cancel_scope.cancel()


async def _run(service: Service, *, task_status: TaskStatus[None]) -> None:
    await service(task_status.started)


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("stops_in_reverse", "", "the scope of the group cancels all services at the same time"),
    ("reverse_after_failure", "", "the scope of the group cancels all services at the same time"),
    ("reverse_when_cancelled", "", "the scope of the group cancels all services at the same time"),
    (
        "cancellation_survives_failure",
        "",
        "AnyIO's task group raises what services raise and forgets a task.cancel() that came while it waited for them",
        "[!t]*",
    ),
)
