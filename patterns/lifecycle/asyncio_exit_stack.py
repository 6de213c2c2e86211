"""`AsyncExitStack` in an `asyncio.TaskGroup`, which holds the tasks that the stack stops in reverse.

Choose it when you write for asyncio and want the standard library: services start one by one, stop the other way
round, and one that fails stops the program.
It costs a task, a future and two context managers per service. Once one fails, the group cancels all others at the same
time, whatever they need of each other.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group, AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(_running(group, service))
        yield


@asynccontextmanager
async def _running(group: asyncio.TaskGroup, service: Service) -> AsyncIterator[None]:
    started = asyncio.Event()
    task = group.create_task(_run(service, started))
    try:
        await started.wait()  # if the service fails, the group cancels who waits here
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _run(service: Service, started: asyncio.Event) -> None:
    await service(started.set)
    if not started.is_set():
        raise RuntimeError("a service ended before it had started")


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("reverse_after_failure", "", "when one fails, its group cancels all others at the same time"),
    (
        "all_errors_reported",
        "",
        "when a service fails as it is stopped, its group cancels who stops it, in the place of the body's error",
    ),
    ("cancellation_survives_failure", "<3.13", "https://github.com/python/cpython/issues/116720"),
)
