"""Correct: sources send what came of them over a stream, and whoever reads it decides what is next."""

import math
from collections.abc import Sequence

import anyio

from patterns.hedging import Source, T

LIBRARY = "anyio"


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    errors: list[Exception] = []
    running = 0
    sending, receiving = anyio.create_memory_object_stream[tuple[bool, T | Exception]](len(sources))

    async def attempt(source: Source[T]) -> None:
        try:
            sending.send_nowait((True, await source()))
        except Exception as error:
            sending.send_nowait((False, error))

    with sending, receiving:
        async with anyio.create_task_group() as group:
            for index, source in enumerate(sources):
                group.start_soon(attempt, source)
                running += 1
                last = index == len(sources) - 1
                while running:
                    with anyio.move_on_after(math.inf if last else delay) as scope:
                        answered, outcome = await receiving.receive()
                        running -= 1
                        if answered:
                            group.cancel_scope.cancel()
                            return outcome  # type: ignore[return-value]
                        errors.append(outcome)  # type: ignore[arg-type]
                        if not last:
                            break
                    if scope.cancelled_caught:
                        break
    raise ExceptionGroup("no source answered", errors)


async def race(sources: Sequence[Source[T]]) -> T:
    return await hedge(sources, 0)


async def fallback(sources: Sequence[Source[T]]) -> T:
    return await hedge(sources, math.inf)
