"""`asyncio.TaskGroup` with staggered starts: each attempt sees to the next one.

Choose it when you write for asyncio and want the group to guarantee that nothing is left behind.
It costs two tasks, an event and a timer per source that is asked.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    answers: list[T] = []
    errors: list[Exception] = []
    attempts: list[asyncio.Task[None]] = []

    async def attempt(index: int, before: asyncio.Event | None) -> None:
        if before:
            with suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await before.wait()
        failed = asyncio.Event()
        if index + 1 < len(sources):
            attempts.append(group.create_task(attempt(index + 1, failed)))
        try:
            answers.append(await sources[index]())
        except Exception as error:
            errors.append(error)
            failed.set()
        else:
            for other in attempts:
                if other is not asyncio.current_task():
                    other.cancel()

    async with asyncio.TaskGroup() as group:
        attempts.append(group.create_task(attempt(0, None)))
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


async def race(sources: Sequence[Source[T]]) -> T:
    answers: list[T] = []
    errors: list[Exception] = []
    attempts: list[asyncio.Task[None]] = []

    async def attempt(source: Source[T]) -> None:
        try:
            answers.append(await source())
        except Exception as error:
            errors.append(error)
        else:
            for other in attempts:
                if other is not asyncio.current_task():
                    other.cancel()

    async with asyncio.TaskGroup() as group:
        for source in sources:
            attempts.append(group.create_task(attempt(source)))
            if answers:  # an eager task may have one already
                break
    if not answers:
        raise ExceptionGroup("no source answered", errors)
    return answers[0]


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "exit_is_no_failure",
        "",
        "after the error of an eager task create_task raises a RuntimeError, and the caller gets both",
        "asyncio-eager",
    ),
)
