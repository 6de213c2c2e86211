"""An AnyIO task group with staggered starts: the first answer cancels the group.

Choose it when one code base must run on asyncio and on Trio.
It costs a task, an event and a cancel scope per source that is asked, with AnyIO's own book-keeping around them.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    answers: list[T] = []
    errors: list[Exception] = []

    async def attempt(source: Source[T], failed: anyio.Event) -> None:
        try:
            answers.append(await source())
        except Exception as error:
            errors.append(error)
            failed.set()
        else:
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


async def race(sources: Sequence[Source[T]]) -> T:
    answers: list[T] = []
    errors: list[Exception] = []

    async def attempt(source: Source[T]) -> None:
        try:
            answers.append(await source())
        except Exception as error:
            errors.append(error)
        else:
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for source in sources:
            group.start_soon(attempt, source)
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
