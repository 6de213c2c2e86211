"""Eager tasks: each handler runs until its first wait inside the call to emit.

Choose it when most handlers have nothing to wait for: those end on the spot, and only the others become work for the
loop.
It costs a task object per handler, and it needs Python 3.12. A handler's first stretch runs inside `emit`, as a
function call would.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class EagerEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        loop = asyncio.get_running_loop()
        tasks = [
            asyncio.Task(handler(event), loop=loop, eager_start=True)  # type: ignore[call-arg]  # new in 3.12
            for handler in tuple(self._handlers)  # a copy: handlers run, and connect, right here
        ]
        ended = [task.exception() for task in tasks if task.done() and not task.cancelled()]
        ended += await asyncio.gather(*[task for task in tasks if not task.done()], return_exceptions=True)
        if errors := [error for error in ended if isinstance(error, Exception)]:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "idiom"
PYTHON = ">=3.12"


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield EagerEmitter()
