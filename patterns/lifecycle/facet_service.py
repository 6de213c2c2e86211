"""facet: a tree of `ServiceMixin`, whose `dependencies` are started in order and stopped in reverse.

Choose it when services are objects that know what they depend on, some of them shared by several.
It costs a task to start, one to run and one to stop each service, and two locks. Whoever does not `wait` for the tree
beside its work goes on without a service that has failed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from facet import ServiceMixin

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


class Running(ServiceMixin):  # type: ignore[misc]  # facet ships no type information
    def __init__(self, service: Service) -> None:
        self._service = service

    async def start(self) -> None:
        started = asyncio.Event()
        task = self.add_task(self._service(started.set))
        waiting = asyncio.create_task(started.wait())
        try:
            await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if not started.is_set():
            await task
            raise RuntimeError("a service ended before it had started")


class Program(ServiceMixin):  # type: ignore[misc]
    def __init__(self, services: Sequence[Service]) -> None:
        self._running = [Running(service) for service in services]

    @property
    def dependencies(self) -> Any:
        return self._running


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    async with Program(services) as program:
        failure = asyncio.create_task(program.wait())
        failure.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            yield
            if failure.done():
                await failure
        finally:
            failure.cancel()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("facet>=0.10.1",)
KNOWN_FAILURES = (
    ("failure_reaches_caller", "", "facet 0.10.1: what a task raises while its service is being stopped is dropped"),
    (
        "nothing_left_behind",
        "",
        "facet 0.10.1: when stopping is cancelled, the services whose turn has not come keep running",
    ),
    (
        "nothing_complains",
        "",
        "facet 0.10.1: when a service fails to start, the future of the tree keeps its error, and nobody retrieves it",
    ),
    ("failure_ends_the_body", "", "whoever does not wait for the tree beside its work hears of a failure at the end"),
    (
        "failure_ends_starting",
        "",
        "what a service raises is told to who waits for the tree, and the next one is started",
    ),
    ("all_errors_reported", "", "facet 0.10.1: what a task raises while its service is being stopped is dropped"),
    (
        "cancelled_caller_is_cancelled",
        "<3.12",
        "https://github.com/python/cpython/issues/86296: facet 0.10.1 stops under asyncio.wait_for",
    ),
    (
        "cancellation_survives_failure",
        "<3.12",
        "https://github.com/python/cpython/issues/86296: facet 0.10.1 stops under asyncio.wait_for",
    ),
)
