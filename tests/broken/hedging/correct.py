"""A task per source in an AnyIO task group, without any of the defects planted beside it."""

import math
from collections.abc import Sequence

import anyio

from patterns.hedging import Source, T

LIBRARY = "anyio"


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    return await _first(sources, delay)


async def race(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, 0)


async def fallback(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, math.inf)


async def _first(sources: Sequence[Source[T]], delay: float) -> T:
    answers: list[T] = []
    errors: list[Exception] = []

    async def attempt(source: Source[T], failed: anyio.Event) -> None:
        try:
            answer = await source()
        except Exception as error:
            errors.append(error)
            failed.set()
        else:
            answers.append(answer)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for source in sources:
            failed = anyio.Event()
            group.start_soon(attempt, source, failed)
            with anyio.move_on_after(delay):
                await failed.wait()
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]
