"""A bare loop of awaits: `for handler in handlers: await handler(event)`.

Choose it when an error is meant to stop the handlers after it, as in a chain of checks.
It costs the other subscribers: the first exception ends the loop, and nobody after it hears of the event.
"""

from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class UnguardedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        for handler in tuple(self._handlers):
            await handler(event)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("one_failure_does_not_stop_others", "", "the first exception leaves the loop: later handlers are never called"),
    ("all_errors_kept", "", "of two failing handlers only the first is called"),
    (
        "handlers_side_by_side",
        "",
        "handlers are called one after the other: one that waits holds up every handler after it",
    ),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield UnguardedEmitter()
