"""`asyncio.wait` in a loop, with a clean-up: wait for the next, refill, stop the rest at the end.

Choose it when you decide after every result what to start or stop next.
It costs a callback per running job on every round, so it slows down with the number running. The clean-up is yours.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[], Coroutine[Any, Any, T]]


async def _stop(tasks: Iterable[asyncio.Future[T]]) -> None:
    remaining = list(tasks)
    for task in remaining:
        task.cancel()
    await asyncio.gather(*remaining, return_exceptions=True)


async def collect_bounded(jobs: Iterable[Job[T]], limit: int) -> list[T]:
    source = iter(jobs)
    started: list[asyncio.Future[T]] = []
    running: set[asyncio.Future[T]] = set()
    try:
        while True:
            for job in islice(source, limit - len(running)):
                started.append(asyncio.ensure_future(job()))
                running.add(started[-1])
            if not running:
                return [task.result() for task in started]
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    except BaseException:
        await _stop(started)
        raise


async def first(jobs: Iterable[Job[T]], count: int) -> list[T]:
    ready = list(jobs)  # an error of the iterator must find no task started
    tasks = [asyncio.ensure_future(job()) for job in ready]
    running = set(tasks)
    results: list[T] = []
    try:
        while running and len(results) < count:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            results += [task.result() for task in done]
        return results[:count]
    finally:
        await _stop(tasks)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (("all_errors_reported", "", "when several jobs fail, one error is told, and the others are not"),)
