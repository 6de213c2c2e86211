"""Correct, and unusual: a call is the first source against a call with all others, which waits for its turn."""

import math
from collections.abc import Sequence

import anyio

from patterns.hedging import Source, T

LIBRARY = "anyio"


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    errors: list[Exception] = []
    answers = await _against_the_rest(sources, delay, errors)
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


async def race(sources: Sequence[Source[T]]) -> T:
    return await hedge(sources, -1)


async def fallback(sources: Sequence[Source[T]]) -> T:
    return await hedge(sources, math.inf)


async def _against_the_rest(sources: Sequence[Source[T]], delay: float, errors: list[Exception]) -> list[T]:
    answers: list[T] = []
    failed = anyio.Event()

    async def first() -> None:
        try:
            answers.append(await sources[0]())
        except Exception as error:
            errors.append(error)
            failed.set()
        else:
            group.cancel_scope.cancel()

    async def rest() -> None:
        with anyio.move_on_after(delay):
            await failed.wait()
        if found := await _against_the_rest(sources[1:], delay, errors):
            answers.extend(found)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(first)
        if len(sources) > 1:
            group.start_soon(rest)
    return answers
