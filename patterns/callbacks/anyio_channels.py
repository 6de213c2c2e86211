"""AnyIO's memory object stream and a task per subscriber: everybody reads at their own pace.

Choose it when a library must run on asyncio and Trio alike, and one slow subscriber must not hold back who emits.
It costs a task per subscriber for as long as it is connected, and knowledge: `emit` returns before the event is
handled, so errors surface later.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from patterns.callbacks import Event, Handler

LIBRARY = "anyio"
KIND = "package"
CAVEATS = (
    "emit returns before the event is handled: settle tells when it is, and raises the errors.",
    "Cancelling emit calls nothing back: subscribers that have the event in their stream handle it.",
    "A handler that emits waits for itself once its own stream is full.",
)

ROOM = 16  # events that may wait for one subscriber


class StreamEmitter:
    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._streams: dict[Handler, MemoryObjectSendStream[Event]] = {}
        self._errors: list[Exception] = []
        self._unhandled = 0
        self._idle = anyio.Event()
        self._idle.set()

    def connect(self, handler: Handler) -> None:
        if handler not in self._streams:
            self._streams[handler], events = anyio.create_memory_object_stream[Event](ROOM)
            self._group.start_soon(self._work, handler, events)

    def disconnect(self, handler: Handler) -> None:
        if stream := self._streams.pop(handler, None):
            stream.close()  # the task handles what waits in the stream, then ends

    def disconnect_all(self) -> None:
        for handler in tuple(self._streams):
            self.disconnect(handler)

    async def _work(self, handler: Handler, events: MemoryObjectReceiveStream[Event]) -> None:
        with events:
            async for event in events:
                try:
                    await handler(event)
                except Exception as error:
                    self._errors.append(error)
                self._handled()

    def _handled(self) -> None:
        self._unhandled -= 1
        if not self._unhandled:
            self._idle.set()

    async def emit(self, event: Event) -> None:
        for stream in tuple(self._streams.values()):
            if not self._unhandled:
                self._idle = anyio.Event()
            self._unhandled += 1
            try:
                await self._send(stream, event)
            except BaseException as error:  # cancelled, or disconnected meanwhile: nobody will handle this one
                self._handled()
                if not isinstance(error, anyio.ClosedResourceError):
                    raise

    async def _send(self, stream: MemoryObjectSendStream[Event], event: Event) -> None:
        try:
            stream.send_nowait(event)  # `send` would take a turn of the loop even if there is room
        except anyio.WouldBlock:
            await stream.send(event)

    async def settle(self) -> None:
        await self._idle.wait()
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)


@asynccontextmanager
async def emitter() -> AsyncIterator[StreamEmitter]:
    async with anyio.create_task_group() as group:
        emitter = StreamEmitter(group)
        try:
            yield emitter
            await emitter.settle()
        finally:
            emitter.disconnect_all()
