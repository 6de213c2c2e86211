"""Correct, and slow: the caller looks every five milliseconds whether there is something to do."""

from collections.abc import Sequence

import anyio
from anyio.lowlevel import checkpoint

from patterns.hedging import Source, T

LIBRARY = "anyio"


async def hedge(sources: Sequence[Source[T]], delay: float) -> T:
    answers: list[T] = []
    failed: dict[int, Exception] = {}
    asked = 0
    due = anyio.current_time()

    async def attempt(index: int) -> None:
        await checkpoint()
        try:
            answers.append(await sources[index]())
        except Exception as error:
            failed[index] = error

    async with anyio.create_task_group() as group:
        while not answers and len(failed) < len(sources):
            if asked < len(sources) and (anyio.current_time() >= due or asked - 1 in failed):
                group.start_soon(attempt, asked)
                asked += 1
                due = anyio.current_time() + delay
            await anyio.sleep(0.005)
        group.cancel_scope.cancel()
    for _ in range(3):
        await checkpoint()
    if answers:
        return answers[0]
    raise ExceptionGroup("no source answered", list(failed.values()))
