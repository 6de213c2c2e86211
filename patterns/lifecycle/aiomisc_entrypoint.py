"""aiomisc: `Service` classes, which an `entrypoint` starts, and cancels when it ends.

Choose it when a whole program is built of aiomisc's services: its servers, workers, logging and signals come with it.
It costs two tasks and an event to start a service, and a task to stop it. A service that fails once it has started is
not missed: neither the body nor who leaves the block is told.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiomisc import Service as Base
from aiomisc import entrypoint

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


class Running(Base):
    __required__ = ("service",)

    service: Service

    async def start(self) -> None:
        await self.service(self.start_event.set)
        if not self.start_event.is_set():
            raise RuntimeError("a service ended before it had started")


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with entrypoint(log_config=False, catch_signals=()) as program:
        for service in services:
            await program.start_services(Running(service=service))
        yield


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiomisc>=18.0.37",)
KNOWN_FAILURES = (
    (
        "failure_reaches_caller",
        "",
        "aiomisc 18.0.37: the task of a service that has started is never asked what it has raised",
    ),
    (
        "cancellation_survives_failure",
        "",
        "aiomisc 18.0.37: the task of a service that has started is never asked what it has raised",
    ),
    (
        "no_stray_cancellation",
        "",
        "aiomisc 18.0.37: the task of a service that has started is never asked what it has raised",
    ),
    ("stops_in_reverse", "", "the entrypoint cancels all services at the same time"),
    ("reverse_after_failure", "", "the entrypoint cancels all services at the same time"),
    ("reverse_when_cancelled", "", "the entrypoint cancels all services at the same time"),
    ("failure_ends_the_body", "", "the task of a service that has started is not looked after"),
    ("failure_ends_starting", "", "the task of a service that has started is not looked after"),
    (
        "all_errors_reported",
        "",
        "aiomisc 18.0.37: the task of a service that has started is never asked what it has raised",
    ),
)
