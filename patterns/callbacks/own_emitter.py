"""Our own emitter for asyncio: eager tasks, and one wait for those that did not end at once.

Choose it when you want every promise kept and dispatch to cost little: a handler with nothing to wait for ends inside
the call, the others run side by side, and no task factory or loop makes a difference.
It costs these lines in your program, and a task object per handler. A handler's first stretch runs inside `emit`, as a
function call would; before Python 3.12 it runs one turn of the loop later.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]
Task = asyncio.Task[None]

# Passed to `asyncio.Task` itself: whether `loop.create_task` is eager depends on the loop's task factory.
EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


class OwnEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order
        self._audience: tuple[Handler, ...] | None = ()  # the same for the next event; None after a change

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None
        self._audience = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)
        self._audience = None

    async def emit(self, event: Event) -> None:
        if (audience := self._audience) is None:
            audience = self._audience = tuple(self._handlers)
        loop = asyncio.get_running_loop()
        running: list[Task] = []
        errors: list[BaseException] = []
        for handler in audience:
            try:
                task = asyncio.Task(handler(event), loop=loop, **EAGER)
                if not task.done():
                    running.append(task)
                elif not task.cancelled() and (failure := task.exception()):
                    errors.append(failure)
            except Exception as error:  # not a coroutine function after all
                errors.append(error)
            except BaseException:  # such as SystemExit: an eager task raises it right here
                _cancel(running)
                await _ended(running)
                raise
        if running:
            cancelled = await _ended(running)
            errors += filter(None, map(_failure, running))
            if cancelled:
                raise cancelled from (BaseExceptionGroup("handlers failed", errors) if errors else None)
        if errors:
            raise BaseExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


def _failure(task: Task) -> BaseException | None:
    return None if task.cancelled() else task.exception()


def _cancel(tasks: list[Task]) -> None:
    for task in tasks:
        task.cancel()


async def _ended(tasks: list[Task]) -> asyncio.CancelledError | None:
    """Wait until all tasks have ended, and pass a cancellation on to them; the caller raises what is returned."""
    cancelled = None
    for task in reversed(tasks):  # the one that began last often ends last: then this waits once for all of them
        while not task.done():
            waiter = asyncio.get_running_loop().create_future()
            task.add_done_callback(partial(_wake, waiter))
            try:
                await waiter
            except asyncio.CancelledError as error:
                cancelled = error
                _cancel(tasks)
            except BaseException:  # the emit is being closed, not run: there is no waiting any more
                _cancel(tasks)
                raise
    return cancelled


def _wake(waiter: asyncio.Future[None], _: Task) -> None:
    if not waiter.done():
        waiter.set_result(None)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "own"


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield OwnEmitter()
