"""An emitter that raises an error of its own when it is left by a cancellation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("cancel_is_not_swallowed", "", "the timeout around it finds an error instead of its cancellation"),)


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        async with anyio.create_task_group() as group:
            for handler in tuple(self._handlers):
                group.start_soon(_guarded, handler, event, errors)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    try:
        yield PlantedEmitter()
    except anyio.get_cancelled_exc_class():
        raise RuntimeError("events may have been lost") from None  # the defect
