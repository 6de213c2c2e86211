"""An emitter that also tells those who came while it told the others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("connect_during_emit", "", "a handler connected during an emit is called for that event"),)


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
        called: set[Handler] = set()
        while waiting := self._handlers.keys() - called:  # the defect: the audience is not the one at the beginning
            async with anyio.create_task_group() as group:
                for handler in waiting:
                    group.start_soon(_guarded, handler, event, errors)
            called |= waiting
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
