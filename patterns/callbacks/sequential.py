"""One handler after the other: a loop of awaits that collects the errors.

Choose it when handlers are quick, or when each should see what the one before it did: there is nothing to schedule, and
it runs on every loop.
It costs the sum of all waits: while one handler sleeps, those after it have not heard of the event.
"""

from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class SequentialEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        for handler in tuple(self._handlers):  # a copy: handlers may connect and disconnect
            try:
                await handler(event)
            except Exception as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "handlers_side_by_side",
        "",
        "handlers are called one after the other: one that waits holds up every handler after it",
    ),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield SequentialEmitter()
