"""aiojobs: a `Scheduler` that holds the services, and `close`, which stops them at once.

Choose it when background jobs come and go while the program runs, and their failures are to be logged, not to stop it.
It costs a task, a job and two futures per service. The body goes on without a service that has failed; what it raised
is told to an `exception_handler`, which remembers it here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiojobs import Scheduler

Service = Callable[[Callable[[], object]], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running(services: Sequence[Service]) -> AsyncIterator[None]:
    errors: list[Exception] = []
    scheduler = Scheduler(
        limit=None,
        close_timeout=None,  # for as long as a clean-up takes
        exception_handler=lambda _, context: errors.append(context["exception"]),
    )
    try:
        for service in services:
            started = asyncio.get_running_loop().create_future()
            await scheduler.spawn(_run(service, started))
            await started
        yield
    finally:
        await scheduler.close()
    if errors:
        raise ExceptionGroup("services failed", errors)


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
KIND = "package"
REQUIRES = ("aiojobs>=1.4.0",)
KNOWN_FAILURES = (
    (
        "nothing_left_behind",
        "",
        "aiojobs 1.4.0: when close() is cancelled, the scheduler's own task waits for ever for failed jobs",
    ),
    ("stops_in_reverse", "", "close() cancels all jobs at the same time"),
    ("reverse_after_failure", "", "close() cancels all jobs at the same time"),
    ("reverse_when_cancelled", "", "close() cancels all jobs at the same time"),
    ("failure_ends_the_body", "", "what a job raises is told to the exception handler, and the body goes on"),
    ("failure_ends_starting", "", "what a job raises is told to the exception handler, and the next one is waited for"),
    (
        "all_errors_reported",
        "",
        "close() drops what a job raises while it is being closed, or it is raised in the place of the body's error",
    ),
)
