"""A nursery per event whose handlers are tied to something that a full collection finalises."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from patterns.callbacks import Event, Handler

LIBRARY = "trio"
KNOWN_FAILURES = (("running_handlers_survive_collection", "", "a full collection cancels the handlers at work"),)


class PlantedEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}
        self._scopes: set[trio.CancelScope] = set()

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    def finalise(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:  # as a finaliser would, but always at the same moment
            for scope in self._scopes:
                scope.cancel()

    async def emit(self, event: Event) -> None:
        errors: list[Exception] = []

        async def call(handler: Handler) -> None:
            with trio.CancelScope() as scope:
                self._scopes.add(scope)  # the defect
                try:
                    await handler(event)
                except Exception as error:
                    errors.append(error)
                finally:
                    self._scopes.discard(scope)

        async with trio.open_nursery() as nursery:
            for handler in tuple(self._handlers):
                nursery.start_soon(call, handler)
        if errors:
            raise ExceptionGroup("handlers failed", errors)

    async def settle(self) -> None:
        pass


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    emitter = PlantedEmitter()
    gc.callbacks.append(emitter.finalise)
    try:
        yield emitter
    finally:
        gc.callbacks.remove(emitter.finalise)
