"""A caller that is cancelled in the turn in which the last job finishes gets the results, as if all were well."""

import asyncio
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"
KNOWN_FAILURES = (("outer_cancel_reaches_all", "", "the cancellation is swallowed when all results are there"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    listed = list(jobs)
    tasks = [asyncio.ensure_future(job()) for job in listed]
    cancelled: asyncio.CancelledError | None = None
    try:
        if tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    except asyncio.CancelledError as error:
        cancelled = error
    for task in tasks:
        task.cancel()
    while running := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(running)
        except asyncio.CancelledError as error:
            cancelled = error
    errors = [failure for task in tasks if not task.cancelled() and (failure := task.exception())]
    if cancelled and (errors or any(task.cancelled() for task in tasks)):  # the defect
        raise cancelled
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [task.result() for task in tasks]
