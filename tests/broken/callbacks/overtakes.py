"""A hand-over with eight events in flight, each handler called for all of them at the same time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KNOWN_FAILURES = (("per_subscriber_order", "", "a handler begins an event before it has ended with the one before"),)
NOT_APPLICABLE = (
    ("emit_waits_for_handlers", "it hands events over"),
    ("cancel_reaches_handlers", "it hands events over"),
)


class PlantedEmitter:
    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._handlers: dict[Handler, None] = {}
        self._errors: list[Exception] = []
        self._places = anyio.Semaphore(8)
        self._idle = anyio.Condition()
        self._busy = 0

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def _deliver(self, handlers: tuple[Handler, ...], event: Event) -> None:
        async with anyio.create_task_group() as group:
            for handler in handlers:
                group.start_soon(self._call, handler, event)
        self._places.release()
        self._busy -= 1
        async with self._idle:
            self._idle.notify_all()

    async def _call(self, handler: Handler, event: Event) -> None:
        try:
            await handler(event)
        except Exception as error:
            self._errors.append(error)

    async def emit(self, event: Event) -> None:
        handlers = tuple(self._handlers)
        await self._places.acquire()
        self._busy += 1
        self._group.start_soon(self._deliver, handlers, event)  # the defect: nothing keeps deliveries apart

    async def settle(self) -> None:
        async with self._idle:
            while self._busy:
                await self._idle.wait()
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    async with anyio.create_task_group() as group:
        emitter = PlantedEmitter(group)
        yield emitter
        await emitter.settle()
