"""An emitter that has eight handlers at work at most."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("handlers_side_by_side", "", "the ninth handler waits for the first to end"),)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        places = anyio.Semaphore(8)

        async def call(handler: Handler) -> None:
            async with places:  # the defect
                try:
                    await handler(event)
                except Exception as error:
                    errors.append(error)

        async with anyio.create_task_group() as group:
            for handler in tuple(self._handlers):
                group.start_soon(call, handler)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
