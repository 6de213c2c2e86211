"""Correct, and in one piece: `collect` alone, with a list of tasks that are cancelled and waited for."""

import asyncio
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"


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
    if cancelled:
        raise cancelled
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [task.result() for task in tasks]
