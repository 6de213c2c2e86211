"""An emitter with room for eight emits at a time, which a cancelled one does not give back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("cancelled_emit_spoils_nothing", "", "after eight cancelled emits every other one waits for ever"),)


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}
        self._places = anyio.Semaphore(8)

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        handlers = tuple(self._handlers)
        await self._places.acquire()
        async with anyio.create_task_group() as group:
            for handler in handlers:
                group.start_soon(_guarded, handler, event, errors)
        self._places.release()  # the defect: not in a `finally`
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
