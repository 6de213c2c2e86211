"""An AnyIO task group per service, one inside the other, held by an `AsyncExitStack`.

Choose it when one code base must run on asyncio and Trio, and a service is to be stopped before those that it uses.
It costs a task group per service. A cancellation from outside, or the failure of a service, reaches all that are inside
of it at once, in no order.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskStatus

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(_running(service))
        yield


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[None]:
    async with anyio.create_task_group() as group:
        await group.start(_run, service)
        yield
        group.cancel_scope.cancel()


async def _run(service: Service, *, task_status: TaskStatus[None]) -> None:
    await service(task_status.started)


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("reverse_after_failure", "", "the scope of a group cancels all that are inside of it at the same time"),
    ("reverse_when_cancelled", "", "a scope around them cancels all services at the same time", "trio"),
    (
        "cancellation_survives_failure",
        "",
        "AnyIO's task group raises what services raise and forgets a task.cancel() that came while it waited for them",
        "[!t]*",
    ),
)
