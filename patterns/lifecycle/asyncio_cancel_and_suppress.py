"""A trap: `cancel`, then `await` each task under `suppress(CancelledError)`.

Choose it when nobody ever cancels whoever stops the services, not even by a deadline.
It costs the cancellation that comes meanwhile: it cannot be told from that of the service, and the program goes on.
`asyncio.wait([task])` in the place of `await task` raises only what is one's own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for service in services:
            started = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(_run(service, started))
            stack.push_async_callback(_stop, task)
            await started
        yield


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


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
    (
        "cancelled_caller_is_cancelled",
        "",
        "a cancellation that comes while a service is being stopped is suppressed as if it were that of the service",
    ),
    (
        "cancellation_survives_failure",
        "",
        "a cancellation that comes while a service is being stopped is suppressed as if it were that of the service",
    ),
    ("failure_ends_the_body", "", "nobody looks after a task that has failed"),
    ("failure_ends_starting", "", "nobody looks after a task that has failed"),
    ("all_errors_reported", "", "the stack raises one error, and keeps the others as its context"),
)
