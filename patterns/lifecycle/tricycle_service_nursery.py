"""tricycle: `open_service_nursery` per service, which is cancelled once its body has been left.

Choose it when the program runs on Trio and services use each other to the very end: even a cancellation from outside
reaches each only after those that were started after it.
It costs two nurseries and a scope per service.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import trio
from tricycle import open_service_nursery

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(_running(service))
        yield


@asynccontextmanager
async def _running(service: Service) -> AsyncIterator[None]:
    async with open_service_nursery() as nursery:
        await nursery.start(_run, service)
        yield
        nursery.cancel_scope.cancel()


async def _run(service: Service, *, task_status: trio.TaskStatus[None]) -> None:
    await service(task_status.started)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "package"
REQUIRES = ("tricycle>=0.4.1",)
