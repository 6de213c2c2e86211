"""Bare `asyncio.TaskGroup` per event: one failure cancels every other handler.

Choose it when the handlers are parts of one job, so that the failure of one makes the others pointless.
It costs the other subscribers: a stranger's error cancels them half-way through the event.
"""

import asyncio
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
        async with asyncio.TaskGroup() as group:
            for handler in tuple(self._handlers):
                group.create_task(handler(event))

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("one_failure_does_not_stop_others", "", "a group cancels its tasks as soon as one of them fails"),
    ("all_errors_kept", "", "a handler that would have failed after a wait is cancelled before it can"),
    ("cancel_is_not_swallowed", "<3.13", "cancelled while it cancels, a group raises the failure only: cpython#116720"),
    (
        "no_complaints",
        ">=3.12,<3.13",
        "a group that is shutting down leaves the next coroutine unawaited: cpython#115957",
        "asyncio-eager",
    ),
    (
        "close_waits_for_cleanup",
        ">=3.12,<3.12.9",
        "a handler that fails at once leaves a stray CancelledError behind: cpython#128588",
        "asyncio-eager",
    ),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield UnguardedEmitter()
