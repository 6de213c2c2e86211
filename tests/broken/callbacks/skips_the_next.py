"""One handler after the other, of a list from which handlers vanish on the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Event, Handler

LIBRARY = "any"
KNOWN_FAILURES = (("unsubscribe_during_emit", "", "the handler behind one that leaves is skipped"),)
NOT_APPLICABLE = (("handlers_side_by_side", "one after the other"),)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def connect(self, handler: Handler) -> None:
        if handler not in self._handlers:
            self._handlers = [*self._handlers, handler]

    def disconnect(self, handler: Handler) -> None:
        if handler in self._handlers:
            self._handlers.remove(handler)  # the defect: emit may be walking this very list

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
