"""aiojobs: `Job.close` for each job of a `Scheduler`, the last one first.

Choose it when services that aiojobs holds are to be stopped in order, and nobody is cancelled while that is going on.
It costs a task, a job and two futures per service. The body goes on without a service that has failed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
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
    async with AsyncExitStack() as stack:
        stack.push_async_callback(scheduler.close)
        for service in services:
            started = asyncio.get_running_loop().create_future()
            job = await scheduler.spawn(_run(service, started))
            stack.push_async_callback(job.close)
            await started
        yield
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
        "cancelled_caller_is_cancelled",
        "",
        "aiojobs 1.4.0: Job.close() swallows the cancellation of who closes as if it were that of the job",
    ),
    (
        "cancellation_survives_failure",
        "",
        "aiojobs 1.4.0: Job.close() swallows the cancellation of who closes as if it were that of the job",
    ),
    ("failure_ends_the_body", "", "what a job raises is told to the exception handler, and the body goes on"),
    ("failure_ends_starting", "", "what a job raises is told to the exception handler, and the next one is waited for"),
    ("all_errors_reported", "", "the stack raises one error, and keeps the others as its context"),
)
