"""Correct, although every event goes through a thread before it is handled."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Event, Handler

LIBRARY = "asyncio"


async def _guarded(handler: Handler, event: Event, errors: list[Exception]) -> None:
    try:
        await handler(event)
    except Exception as error:
        errors.append(error)


async def _through_a_thread() -> None:
    loop, back = asyncio.get_running_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(back.set))
    thread.start()
    try:
        await back.wait()
    finally:
        thread.join()


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        handlers = tuple(self._handlers)
        await _through_a_thread()
        await asyncio.gather(*[_guarded(handler, event, errors) for handler in handlers], return_exceptions=True)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
