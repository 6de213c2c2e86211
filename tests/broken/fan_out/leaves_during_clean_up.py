"""After an error the others are cancelled, but a clean-up that takes more than eight turns is not waited for."""

import asyncio
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"
KNOWN_FAILURES = (("siblings_cancelled_on_error", "", "the error leaves while a job is still cleaning up"),)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    listed = list(jobs)
    tasks = [asyncio.ensure_future(job()) for job in listed]
    for task in tasks:
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    try:
        if tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    for task in tasks:
        task.cancel()
    for _ in range(8):  # the defect
        if not all(task.done() for task in tasks):
            await asyncio.sleep(0)
    errors = [error for task in tasks if task.done() and not task.cancelled() and (error := task.exception())]
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return [task.result() for task in tasks]
