"""A task factory that counts: `loop.set_task_factory`, and a callback for each task's end.

Choose it when you want to know how many tasks there are, whoever makes them: `create_task`, task groups and packages.
It costs a call when a task is made, and one in a further turn when it has ended. There is one task factory at a time,
so that it asks the one that was there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any


class Counting:
    def __init__(self, before: Any) -> None:
        self._make = before or (lambda loop, coro, **how: asyncio.Task(coro, loop=loop, **how))
        self.started = self.ended = 0
        self._open = True

    def __call__(self, loop: asyncio.AbstractEventLoop, coro: Any, **how: Any) -> "asyncio.Future[Any]":
        task: asyncio.Future[Any] = self._make(loop, coro, **how)
        self.started += 1
        task.add_done_callback(self._end)
        return task

    def _end(self, task: "asyncio.Future[Any]") -> None:  # noqa: ARG002  however it ended
        self.ended += self._open

    def close(self) -> None:
        self._open = False


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    counting = Counting(before)
    loop.set_task_factory(counting)
    try:
        yield lambda: (counting.started, counting.ended)
    finally:
        loop.set_task_factory(before)
        counting.close()


# --- how it fits the contract ---

LIBRARY = "asyncio"
