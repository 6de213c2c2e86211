"""Fire and forget: a background task per handler, kept in a set until it ends.

Choose it when nobody needs to know when, or in which order, the handlers are done, and events are rare.
It costs control: nothing holds back who emits, so tasks pile up as fast as events come, and a handler may meet an event
while it is still busy with the one before.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class BackgroundEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order
        self._tasks: set[asyncio.Task[None]] = set()  # the loop keeps weak references only
        self._errors: list[Exception] = []

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        for handler in tuple(self._handlers):
            task = asyncio.create_task(handler(event))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._errors.append(error)

    async def settle(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)

    async def close(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("bounded_in_flight", "", "emits return at once while handlers are blocked: one more task for each event"),
    ("per_subscriber_order", "", "the handler begins the second event before it has ended with the first"),
    (
        "emit_waits_for_handlers",
        "",
        ("emit hands the event over and returns: settle tells when it is handled, and raises the errors"),
    ),
    ("cancel_reaches_handlers", "", "cancelling emit calls nothing back: its handlers are running on their own"),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    emitter = BackgroundEmitter()
    try:
        yield emitter
        await emitter.settle()
    finally:
        await emitter.close()
