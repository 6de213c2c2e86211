"""A stream and a task per subscriber, without any of the defects planted beside it."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
NOT_APPLICABLE = (
    ("emit_waits_for_handlers", "it hands events over"),
    ("cancel_reaches_handlers", "it hands events over"),
)


class PlantedEmitter:
    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._streams: dict[Handler, MemoryObjectSendStream[tuple[Event, bool]]] = {}
        self._places: dict[Handler, anyio.Semaphore] = {}
        self._workers: set[int] = set()
        self._errors: list[Exception] = []
        self._unhandled = 0
        self._idle = anyio.Event()
        self._idle.set()

    def connect(self, handler: Handler) -> None:
        if handler not in self._streams:
            self._streams[handler], events = anyio.create_memory_object_stream[tuple[Event, bool]](math.inf)
            self._places[handler] = anyio.Semaphore(16)
            self._group.start_soon(self._work, handler, events, self._places[handler])

    def disconnect(self, handler: Handler) -> None:
        if stream := self._streams.pop(handler, None):
            stream.close()

    def close(self) -> None:
        for handler in tuple(self._streams):
            self.disconnect(handler)

    async def _work(
        self, handler: Handler, events: MemoryObjectReceiveStream[tuple[Event, bool]], places: anyio.Semaphore
    ) -> None:
        self._workers.add(anyio.get_current_task().id)
        with events:
            async for event, waited in events:
                try:
                    await handler(event)
                except Exception as error:
                    self._errors.append(error)
                if waited:
                    places.release()
                self._handled()

    def _handled(self) -> None:
        self._unhandled -= 1
        if not self._unhandled:
            self._idle.set()

    async def emit(self, event: Event) -> None:
        waits = anyio.get_current_task().id not in self._workers  # a handler would wait for itself
        for handler, stream in tuple(self._streams.items()):
            places = self._places[handler]
            if waits:
                await places.acquire()
            try:
                stream.send_nowait((event, waits))
            except anyio.ClosedResourceError:
                if waits:
                    places.release()
                continue
            if not self._unhandled:
                self._idle = anyio.Event()
            self._unhandled += 1

    async def settle(self) -> None:
        await self._idle.wait()
        self.report()

    def report(self) -> None:
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    async with anyio.create_task_group() as group:
        emitter = PlantedEmitter(group)
        try:
            yield emitter
            await emitter.settle()
        finally:
            emitter.close()
