"""`anyio.create_memory_object_stream` with a size, and a task that feeds the sink.

Choose it when the program, or a library of yours, runs on asyncio and on Trio: who sends goes on while there is room.
When there is none it waits (`send`), or the event is dropped and counted (`send_nowait`).
It costs a task group with a task, and for each event a trip through the stream, which takes longer than the loops' own.
What is raised inside leaves the group in an `ExceptionGroup`.
"""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


async def feed(events: MemoryObjectReceiveStream[Any], sink: Sink) -> None:
    async with events:
        async for event in events:
            try:
                await sink(event)
            except Exception:
                log.exception("the sink failed")


@asynccontextmanager
async def fed(sink: Sink, size: int) -> AsyncIterator[MemoryObjectSendStream[Any]]:
    stream, events = anyio.create_memory_object_stream[Any](size)
    async with anyio.create_task_group() as group:
        group.start_soon(feed, events, sink)
        with stream:
            yield stream


class Outlet:
    def __init__(self, stream: MemoryObjectSendStream[Any]) -> None:
        self._stream = stream
        self.dropped = 0

    def send(self, event: Any) -> None:
        try:
            self._stream.send_nowait(event)
        except anyio.WouldBlock:
            self.dropped += 1


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Sink]:
    async with fed(sink, size) as stream:
        yield stream.send


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    async with fed(sink, size) as stream:
        yield Outlet(stream)


# --- how it fits the contract ---

LIBRARY = "anyio"
