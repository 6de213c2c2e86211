"""An emitter that takes each look at a bound method for another handler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("every_handler_runs_once", "", "a method connected twice is called twice"),)


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def connect(self, handler: Handler) -> None:
        if not any(handler is other for other in self._handlers):  # the defect: equal ones are the same
            self._handlers.append(handler)

    def disconnect(self, handler: Handler) -> None:
        self._handlers = [other for other in self._handlers if other is not handler]

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
    yield PlantedEmitter()
