"""One handler after the other, without any of the defects planted beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Event, Handler

LIBRARY = "any"
NOT_APPLICABLE = (("handlers_side_by_side", "one after the other"),)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        for handler in tuple(self._handlers):
            try:
                await handler(event)
            except Exception as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    yield PlantedEmitter()
