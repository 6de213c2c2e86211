"""An emitter that keeps functions alive, and not the objects whose methods are its handlers."""

import inspect
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("handlers_kept_alive", "", "an object that only the emitter knows is gone"),)


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}
        self._methods: dict[weakref.WeakMethod[Handler], None] = {}

    def connect(self, handler: Handler) -> None:
        if inspect.ismethod(handler):
            self._methods[weakref.WeakMethod(handler)] = None  # the defect
        else:
            self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)
        if inspect.ismethod(handler):
            self._methods.pop(weakref.WeakMethod(handler), None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        async with anyio.create_task_group() as group:
            for handler in (*self._handlers, *filter(None, [method() for method in self._methods])):
                group.start_soon(_guarded, handler, event, errors)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
