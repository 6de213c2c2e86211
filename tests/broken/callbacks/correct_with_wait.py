"""Correct, with bare tasks and `asyncio.wait`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Event, Handler

LIBRARY = "asyncio"


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        tasks = [asyncio.ensure_future(handler(event)) for handler in tuple(self._handlers)]
        if not tasks:
            return
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        if errors := [error for task in tasks if not task.cancelled() and (error := task.exception())]:
            raise BaseExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
