"""An emitter that raises only when several handlers have failed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("errors_reach_emitter", "", "the error of a single failing handler is dropped"),)


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
        if len(errors) > 1:  # the defect
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
