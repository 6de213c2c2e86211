"""`asyncio.wait` with a timeout: wait for an answer, ask one more, stop the rest at the end.

Choose it when you write for asyncio, want the standard library, and want to see each step.
It costs a task per source that is asked, a callback on each of them per wait, and a `gather` at the end.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    waiting = list(sources)
    asked: list[asyncio.Task[T]] = []
    running: set[asyncio.Task[T]] = set()
    errors: list[Exception] = []
    try:
        while waiting or running:
            if waiting:
                asked.append(asyncio.create_task(waiting.pop(0)()))
                running.add(asked[-1])
            timeout = delay if waiting else None
            done, running = await asyncio.wait(running, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                try:
                    return task.result()
                except Exception as error:
                    errors.append(error)
        raise ExceptionGroup("no source answered", errors)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def race(sources: Sequence[Source[T]]) -> T:
    asked = [asyncio.create_task(source()) for source in sources]
    running = set(asked)
    errors: list[Exception] = []
    try:
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                try:
                    return task.result()
                except Exception as error:
                    errors.append(error)
        raise ExceptionGroup("no source answered", errors)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


async def fallback(sources: Sequence[Source[T]]) -> T:
    errors: list[Exception] = []
    for source in sources:
        try:
            return await source()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "cancellation_survives_failing_clean_up",
        "",
        "a cancelled source whose clean-up fails is taken for one that has failed, and the next is asked",
    ),
)
