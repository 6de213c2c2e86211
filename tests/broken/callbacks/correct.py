"""A task group per event, without any of the defects planted beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        handlers = tuple(self._handlers)
        errors: list[Exception] = []

        async def call(handler: Handler) -> None:
            try:
                await handler(event)
            except Exception as error:
                errors.append(error)

        async with anyio.create_task_group() as group:
            for handler in handlers:
                group.start_soon(call, handler)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
