"""Correct: every handler is a task of the emitter, not of who emits, who waits until its delivery is over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"


class Delivery:
    """One event on its way: ``news`` is what emit waits for, ``over`` what settle waits for."""

    def __init__(self, handlers: int) -> None:
        self.left = handlers
        self.scopes: list[anyio.CancelScope] = []
        self.cancelled = False
        self.errors: list[Exception] = []
        self.news, self.over = anyio.Event(), anyio.Event()


class PlantedEmitter:
    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._handlers: dict[Handler, None] = {}
        self._errors: list[Exception] = []
        self._deliveries: set[Delivery] = set()

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def _call(self, handler: Handler, event: Event, delivery: Delivery) -> None:
        try:
            with anyio.CancelScope() as scope:
                delivery.scopes.append(scope)
                if not delivery.cancelled:
                    await handler(event)
        except Exception as error:
            delivery.errors.append(error)
        finally:
            delivery.left -= 1
            if not delivery.left:
                delivery.news.set()
                delivery.over.set()
                self._deliveries.discard(delivery)

    async def emit(self, event: Event) -> None:
        if not self._handlers:
            return
        self._deliveries.add(delivery := Delivery(len(self._handlers)))
        for handler in tuple(self._handlers):
            self._group.start_soon(self._call, handler, event, delivery)
        try:
            await delivery.news.wait()
        except BaseException:
            delivery.cancelled = True
            for scope in delivery.scopes:
                scope.cancel()
            with anyio.CancelScope(shield=True):
                await delivery.over.wait()
            raise
        errors, delivery.errors = delivery.errors, self._errors  # settle is told of what comes after this
        _report(errors)

    async def settle(self) -> None:
        for delivery in tuple(self._deliveries):
            await delivery.over.wait()
        _report(self._errors)


def _report(errors: list[Exception]) -> None:
    if errors:
        reported = errors.copy()
        errors.clear()
        raise ExceptionGroup("handlers failed", reported)


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    async with anyio.create_task_group() as group:
        emitter = PlantedEmitter(group)
        yield emitter
        await emitter.settle()
