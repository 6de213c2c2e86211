"""An emitter that is silent while another one emits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("state_not_global", "", "while one emitter is at work, what another one emits is lost"),)


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class PlantedEmitter:
    _emitting: ClassVar[list[object]] = []  # the defect

    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        if any(other is not self for other in self._emitting):
            return
        errors: list[Exception] = []
        self._emitting.append(self)
        try:
            async with anyio.create_task_group() as group:
                for handler in tuple(self._handlers):
                    group.start_soon(_guarded, handler, event, errors)
        finally:
            self._emitting.remove(self)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
