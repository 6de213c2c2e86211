"""Tasks that the caller supervises on plain asyncio, without any of the defects planted beside it."""

import asyncio
from collections.abc import Sequence

from patterns.hedging import Source, T

LIBRARY = "asyncio"


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    return await _first(sources, delay)


async def race(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, 0)


async def fallback(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, None)


async def _first(sources: Sequence[Source[T]], delay: float | None) -> T:
    waiting = list(sources)
    asked: list[asyncio.Task[T]] = []
    running: set[asyncio.Task[T]] = set()
    answers: list[T] = []
    errors: list[Exception] = []
    late: list[Exception] = []
    end: BaseException | None = None
    cancelled: asyncio.CancelledError | None = None
    stopped = False
    while waiting or running:
        if waiting and not stopped:
            asked.append(asyncio.ensure_future(waiting.pop(0)()))
            running.add(asked[-1])
        try:
            timeout = delay if waiting else None
            await asyncio.wait(running, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as error:
            cancelled = error
        for task in [task for task in running if task.done()]:
            running.remove(task)
            if task.cancelled():
                continue
            failure = task.exception()
            if failure is None:
                answers.append(task.result())
            elif isinstance(failure, Exception):
                (late if stopped else errors).append(failure)
            else:
                end = failure
        if not stopped and (cancelled or end or answers):
            stopped = True
            waiting.clear()
            for task in asked:
                task.cancel()
    if cancelled:
        raise cancelled
    if end:
        raise end
    if answers:
        return answers[0]
    raise ExceptionGroup("no source answered", errors)
