"""A Trio nursery with staggered starts: the first answer cancels the nursery.

Choose it when the program runs on Trio: it is how Trio's own `open_tcp_stream` connects.
It costs a task, an event and a cancel scope per source that is asked.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    answers: list[T] = []
    errors: list[Exception] = []

    async def attempt(source: Source[T], failed: trio.Event) -> None:
        try:
            answers.append(await source())
        except Exception as error:
            errors.append(error)
            failed.set()
        else:
            nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        for source in sources:
            failed = trio.Event()
            nursery.start_soon(attempt, source, failed)
            with trio.move_on_after(delay):
                await failed.wait()
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


async def race(sources: Sequence[Source[T]]) -> T:
    answers: list[T] = []
    errors: list[Exception] = []

    async def attempt(source: Source[T]) -> None:
        try:
            answers.append(await source())
        except Exception as error:
            errors.append(error)
        else:
            nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        for source in sources:
            nursery.start_soon(attempt, source)
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


async def fallback(sources: Sequence[Source[T]]) -> T:
    errors: list[Exception] = []
    for source in sources:
        try:
            return await source()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
