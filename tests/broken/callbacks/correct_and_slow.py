"""Correct, with turns of the loop before and after each handler, and tasks that start tasks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    for _ in range(5):
        await anyio.lowlevel.checkpoint()
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)
    await anyio.lowlevel.checkpoint()


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []

        async def call(handlers: tuple[Handler, ...]) -> None:
            async with anyio.create_task_group() as group:
                for handler in handlers[:1]:
                    group.start_soon(_guarded, handler, event, errors)
                middle = 1 + len(handlers) // 2
                for others in filter(None, (handlers[1:middle], handlers[middle:])):
                    group.start_soon(call, others)

        await call(tuple(self._handlers))
        await anyio.lowlevel.checkpoint()
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
