"""`anyio.as_completed`, stopped at the first answer, in a block that no source outlives.

Choose it when all are to be asked at once, by the same code on asyncio and on Trio.
It costs a task, a task handle and a clone of a stream per source.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def race(sources: Sequence[Source[T]]) -> T:
    errors: list[Exception] = []

    async def attempt(source: Source[T]) -> list[T]:
        try:
            return [await source()]
        except Exception as error:  # kept from the group, which would stop the others
            errors.append(error)
            return []

    answers: list[T] = []
    async with anyio.as_completed(*[attempt(source) for source in sources]) as handles:
        async for handle in handles:
            answers = handle.return_value
            if answers:
                break
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16.0",)
KNOWN_FAILURES = (
    ("exit_is_no_failure", "", "anyio 4.16.0: beside what a source raises its TaskFailed reaches the caller"),
)
