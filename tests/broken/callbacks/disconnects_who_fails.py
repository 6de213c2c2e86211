"""An emitter that never again calls a handler that has failed once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("one_failure_does_not_stop_others", "", "who fails once is disconnected without a word"),)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []

        async def call(handler: Handler) -> None:
            try:
                await handler(event)
            except Exception as error:
                errors.append(error)
                self.disconnect(handler)  # the defect

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
