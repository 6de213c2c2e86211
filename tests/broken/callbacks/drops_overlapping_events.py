"""An emitter that lets handlers emit, and drops what other tasks emit meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("overlapping_emits", "", "of two tasks that emit at the same time one is not heard"),)

_INSIDE: ContextVar[object] = ContextVar("inside", default=None)


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}
        self._emitting = 0

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        if self._emitting and _INSIDE.get() is not self:
            return  # the defect
        errors: list[Exception] = []
        token = _INSIDE.set(self)
        self._emitting += 1
        try:
            async with anyio.create_task_group() as group:
                for handler in tuple(self._handlers):
                    group.start_soon(_guarded, handler, event, errors)
        finally:
            self._emitting -= 1
            _INSIDE.reset(token)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
