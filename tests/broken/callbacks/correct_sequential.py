"""One handler after the other, of a list that is never changed but replaced."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Event, Handler

LIBRARY = "any"
NOT_APPLICABLE = (("handlers_side_by_side", "one after the other"),)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def connect(self, handler: Handler) -> None:
        if handler not in self._handlers:
            self._handlers = [*self._handlers, handler]

    def disconnect(self, handler: Handler) -> None:
        self._handlers = [other for other in self._handlers if other != handler]

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []
        for handler in self._handlers:
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
