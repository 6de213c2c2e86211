"""A bare Trio nursery per event: one failure cancels every other handler.

Choose it when the handlers are parts of one job, so that the failure of one makes the others pointless.
It costs the other subscribers: a stranger's error cancels them half-way through the event.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import trio

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
        async with trio.open_nursery() as nursery:
            for handler in self._handlers:
                nursery.start_soon(handler, event)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("one_failure_does_not_stop_others", "", "a nursery cancels its tasks as soon as one of them fails"),
    ("all_errors_kept", "", "a handler that would have failed after a wait is cancelled before it can"),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield UnguardedEmitter()
