"""An `asyncio.TaskGroup` per service, one inside the other, held by an `AsyncExitStack`.

Choose it when services use each other to the very end: even when one fails, or the program is cancelled, each is
stopped once those that were started after it have ended.
It costs a task group per service, and an error comes in as many groups as there are services around it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(_running(service))
        yield


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[None]:
    started = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_run(service, started))
        try:
            await started.wait()  # if the service fails, the group cancels who waits here
            yield
        finally:
            task.cancel()


async def _run(service: Service, started: asyncio.Event) -> None:
    await service(started.set)
    if not started.is_set():
        raise RuntimeError("a service ended before it had started")


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("cancellation_survives_failure", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("no_stray_cancellation", "<3.13", "https://github.com/python/cpython/issues/116720"),
)
