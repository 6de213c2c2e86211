"""A task for each body, in its caller's context, without any of the defects planted beside it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from patterns.timeouts import Call, T

LIBRARY = "asyncio"
AGAIN = 5.0  # seconds after which a body is cancelled again


async def _supervised(seconds: float, call: Call[T], held: bool = False) -> T:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    here: Any = asyncio.current_task()
    task = loop.create_task(call(), context=here.get_context())
    cancelled = None
    late = False
    while not task.done():
        try:
            await asyncio.wait([task], timeout=AGAIN if late else max(0.0, deadline - loop.time()))
        except asyncio.CancelledError as error:
            cancelled = error
            if not held:
                task.cancel()
        if not task.done() and loop.time() >= deadline:
            late = True
            task.cancel()
    if cancelled:
        if not task.cancelled():
            task.exception()
        raise cancelled
    if late and task.cancelled():
        raise TimeoutError
    return task.result()


async def within(seconds: float, call: Call[T]) -> T:
    return await _supervised(seconds, call)


async def finish(seconds: float, call: Call[T]) -> T:
    return await _supervised(seconds, call, held=True)


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    now = asyncio.get_running_loop().time
    deadline = now() + seconds

    async def all_steps() -> list[T]:
        results = []
        for step in steps:
            if now() >= deadline:
                raise TimeoutError
            results.append(await step())
        return results

    return await within(seconds, all_steps)


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    while (message := await within(seconds, receive)) is not None:
        handle(message)
