"""A task per job on plain asyncio, supervised by the caller, without any of the defects planted beside it."""

import asyncio
import sys
from collections.abc import Iterable

from patterns.fan_out import Job, T

LIBRARY = "asyncio"


async def _run(jobs: Iterable[Job[T]], limit: int, count: int) -> dict[int, T]:
    numbered = enumerate(jobs)
    running: dict[asyncio.Task[T], int] = {}
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    cancelled: asyncio.CancelledError | None = None
    stopped = False
    while True:
        try:
            while not stopped and len(running) < limit and (pair := next(numbered, None)):
                running[asyncio.ensure_future(pair[1]())] = pair[0]
        except BaseException as error:
            errors.append(error)
            stopped = True
            for task in running:
                task.cancel()
        if not running:
            break
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as error:
            cancelled = error
        for task in [task for task in running if task.done()]:
            index = running.pop(task)
            if not task.cancelled():
                if failure := task.exception():
                    errors.append(failure)
                else:
                    results[index] = task.result()
        if not stopped and (cancelled or errors or len(results) >= count):
            stopped = True
            for task in running:
                task.cancel()
    if cancelled:
        raise cancelled
    if errors:
        raise BaseExceptionGroup("jobs failed", errors)
    return results


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    results = await _run(jobs, sys.maxsize, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    results = await _run(jobs, limit, sys.maxsize)
    return [results[index] for index in range(len(results))]


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    return list((await _run(jobs, sys.maxsize, count)).values())[:count]
