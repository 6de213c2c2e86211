"""A Trio memory channel for outcomes: the caller waits for a report, or until the delay is over.

Choose it when the program runs on Trio and the caller is to decide, after every report, whom to ask next.
It costs a task per source that is asked, a channel per call, and a cancel scope per wait.
"""

import math
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Source = Callable[[], Coroutine[Any, Any, T]]


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    waiting = list(sources)
    running = 0
    errors: list[Exception] = []
    reporting, reports = trio.open_memory_channel[tuple[list[T], Exception | None]](len(sources))

    async def attempt(source: Source[T]) -> None:
        try:
            reporting.send_nowait(([await source()], None))
        except Exception as error:
            reporting.send_nowait(([], error))

    async with trio.open_nursery() as nursery:
        while waiting or running:
            if waiting:
                nursery.start_soon(attempt, waiting.pop(0))
                running += 1
            with trio.move_on_after(delay if waiting else math.inf):
                answers, error = await reports.receive()
                running -= 1
                if not error:
                    nursery.cancel_scope.cancel()
                    return answers[0]
                errors.append(error)
    raise ExceptionGroup("no source answered", errors)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
