"""A trap: a done callback for each task, which counts it and logs its error.

Choose it when every error of a task belongs into the log, whether somebody handles it or not.
It costs asyncio's own complaint: whoever asks a task for its `exception()` has retrieved it, so that nothing is told to
the loop's exception handler any more, nor to whoever collects errors there. What was awaited and handled is logged too.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)


class Callbacks:
    def __init__(self, before: Any) -> None:
        self._make = before or (lambda loop, coro, **how: asyncio.Task(coro, loop=loop, **how))
        self.started = self.ended = 0
        self.open = True

    def __call__(self, loop: asyncio.AbstractEventLoop, coro: Any, **how: Any) -> "asyncio.Future[Any]":
        task: asyncio.Future[Any] = self._make(loop, coro, **how)
        self.started += 1
        task.add_done_callback(self._end)
        return task

    def _end(self, task: "asyncio.Future[Any]") -> None:
        self.ended += self.open
        if not task.cancelled() and (error := task.exception()):
            log.error("a task failed", exc_info=error)


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    callbacks = Callbacks(before)
    loop.set_task_factory(callbacks)
    try:
        yield lambda: (callbacks.started, callbacks.ended)
    finally:
        loop.set_task_factory(before)
        callbacks.open = False


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("watched_tasks_end_as_ever", "", "whoever asks for a task's exception has retrieved it, and asyncio says no more"),
)
