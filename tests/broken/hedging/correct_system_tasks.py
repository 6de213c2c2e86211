"""Correct, and unusual: sources are system tasks of Trio's, for which no nursery of the caller waits."""

import math
from collections.abc import Sequence
from contextvars import copy_context

import trio

from patterns.hedging import Source, T

LIBRARY = "trio"


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    return await _first(sources, delay)


async def race(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, 0)


async def fallback(sources: Sequence[Source[T]]) -> T:
    return await _first(sources, math.inf)


async def _first(sources: Sequence[Source[T]], delay: float) -> T:
    waiting = list(sources)
    scopes: list[trio.CancelScope] = []
    answers: list[T] = []
    errors: list[Exception] = []
    late: list[Exception] = []
    end: BaseException | None = None
    running = 0
    reported = trio.Event()
    stopped = False

    async def attempt(source: Source[T], scope: trio.CancelScope) -> None:
        nonlocal running, end
        with scope:
            try:
                answers.append(await source())
            except trio.Cancelled:
                raise
            except Exception as error:
                (late if stopped else errors).append(error)
            except BaseException as error:
                end = error
            finally:
                running -= 1
                reported.set()

    try:
        while not answers and not end and (waiting or running):
            if waiting:
                running += 1
                scopes.append(trio.CancelScope())
                trio.lowlevel.spawn_system_task(attempt, waiting.pop(0), scopes[-1], context=copy_context())
            with trio.move_on_after(delay if waiting else math.inf):
                await reported.wait()
            reported = trio.Event()
    finally:
        stopped = True
        for scope in scopes:
            scope.cancel()
        with trio.CancelScope(shield=True):
            while running:
                await trio.lowlevel.checkpoint()
    if end:
        raise end
    if answers:
        return answers[0]
    raise ExceptionGroup("no source answered", errors)
