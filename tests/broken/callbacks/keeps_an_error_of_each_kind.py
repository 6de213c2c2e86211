"""An emitter that keeps one error of each type."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("all_errors_kept", "", "of two errors of one type the first is lost"),)


async def _guarded(handler: Handler, event: Event, errors: dict[type[Exception], Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors[type(error)] = error  # the defect


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: dict[type[Exception], Exception] = {}
        async with anyio.create_task_group() as group:
            for handler in tuple(self._handlers):
                group.start_soon(_guarded, handler, event, errors)
        if errors:
            raise ExceptionGroup("handlers failed", list(errors.values()))

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
