"""An emitter for asyncio with a watchdog that outlives it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from patterns.callbacks import Event, Handler

LIBRARY = "asyncio"
KNOWN_FAILURES = (("nothing_left_behind", "", "a task that waits for ever"),)


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
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


_WATCHDOGS: set["asyncio.Task[bool]"] = set()


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    watchdog = asyncio.create_task(asyncio.Event().wait())
    _WATCHDOGS.add(watchdog)
    watchdog.add_done_callback(_WATCHDOGS.discard)
    yield PlantedEmitter()  # the defect: nobody cancels the watchdog
