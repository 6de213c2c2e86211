"""Correct: each attempt is a task, for which the caller waits."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from patterns.retries import Errors, Retrying

LIBRARY = "asyncio"


async def _in_a_task(attempt: Callable[[], Awaitable[Any]]) -> Any:
    task = asyncio.ensure_future(attempt())
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # the caller is gone, and nobody else asks
        raise
    return task.result()


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Retrying:
    def again(error: BaseException) -> bool:
        if isinstance(error, ExceptionGroup):
            return all(map(again, error.exceptions))
        return isinstance(error, on)

    def decorate(function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            wait = first
            for attempt in range(1, attempts + 1):
                try:
                    return await _in_a_task(lambda: function(*args, **kwargs))
                except Exception as error:
                    if attempt == attempts or not again(error):
                        raise
                await asyncio.sleep(wait * random.uniform(0.3, 1))
                wait = min(2 * wait, longest)
            raise AssertionError("unreachable")

        return call

    return decorate
