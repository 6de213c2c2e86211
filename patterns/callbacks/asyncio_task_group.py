"""`asyncio.TaskGroup` per event, each handler guarded so that a failure stays its own.

Choose it when emits belong into a structured program: no handler outlives the emit, and cancellation is exact.
It costs a task per handler and the bookkeeping of a group, and a guard: a bare group cancels everybody at one failure.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class TaskGroupEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        async with asyncio.TaskGroup() as group:
            for handler in tuple(self._handlers):  # a copy: on an eager loop handlers run, and connect, right here
                group.create_task(_guarded(handler, event, errors))
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "no_complaints",
        ">=3.12,<3.13",
        "a BaseException shuts the group down, and the next coroutine is never awaited: cpython#115957",
        "asyncio-eager",
    ),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield TaskGroupEmitter()
