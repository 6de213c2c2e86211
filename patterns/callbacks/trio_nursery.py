"""A Trio nursery per event, each handler guarded so that a failure stays its own.

Choose it when the program runs on Trio: no handler outlives the emit, and cancellation is exact.
It costs a task per handler, and a guard: a bare nursery cancels everybody at one failure.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import trio

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class NurseryEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        async with trio.open_nursery() as nursery:
            for handler in self._handlers:
                nursery.start_soon(_guarded, handler, event, errors)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "trio"
KIND = "idiom"


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield NurseryEmitter()
