"""A Trio nursery per service, one inside the other, held by an `AsyncExitStack`.

Choose it when the program runs on Trio, and a service is to be stopped before those that it uses.
It costs two nurseries per service, one of them while it starts. A cancellation from outside, or the failure of a
service, reaches all that are inside of it at once, in no order.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import trio

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(_running(service))
        yield


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        await nursery.start(_run, service)
        yield
        nursery.cancel_scope.cancel()


async def _run(service: Service, *, task_status: trio.TaskStatus[None]) -> None:
    await service(task_status.started)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("reverse_after_failure", "", "the scope of a nursery cancels all that are inside of it at the same time"),
    ("reverse_when_cancelled", "", "a scope around them cancels all services at the same time"),
)
