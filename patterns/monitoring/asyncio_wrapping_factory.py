"""A trap: a task factory that wraps each coroutine, and counts in its `finally`.

Choose it when every task of the program has begun before somebody cancels it, which nobody can promise.
It costs tasks that are never counted as ended: one that is cancelled before its first turn never enters the wrapper, so
that its `finally` does not run, and the coroutine within is never awaited. Each step of a task goes through one more
frame.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any


class Wrapping:
    def __init__(self, before: Any) -> None:
        self._make = before or (lambda loop, coro, **how: asyncio.Task(coro, loop=loop, **how))
        self.started = self.ended = 0
        self.open = True

    def __call__(self, loop: asyncio.AbstractEventLoop, coro: Any, **how: Any) -> Any:
        self.started += 1
        return self._make(loop, self._wrapped(coro), **how)

    async def _wrapped(self, coro: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await coro
        finally:
            self.ended += self.open


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    wrapping = Wrapping(before)
    loop.set_task_factory(wrapping)
    try:
        yield lambda: (wrapping.started, wrapping.ended)
    finally:
        loop.set_task_factory(before)
        wrapping.open = False


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("tasks_are_counted", "", "a task that is cancelled before its first turn never enters the wrapper", "asyncio"),
    ("tasks_are_counted", "", "a task that is cancelled before its first turn never enters the wrapper", "uvloop"),
    ("nothing_complains", "", "what a wrapper was to await is dropped with it, and never awaited", "asyncio"),
    ("nothing_complains", "", "what a wrapper was to await is dropped with it, and never awaited", "uvloop"),
)
