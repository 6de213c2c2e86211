"""`asyncio.as_completed`, stopped at the first answer: errors are noted, the rest is cancelled.

Choose it when all are to be asked at once and you want little code.
It costs a task and a queue entry per source, and a `gather` at the end.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def race(sources: Sequence[Source[T]]) -> T:
    tasks = [asyncio.create_task(source()) for source in sources]
    errors: list[Exception] = []
    try:
        for earliest in asyncio.as_completed(tasks):
            try:
                return await earliest
            except Exception as error:
                errors.append(error)
        raise ExceptionGroup("no source answered", errors)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
