"""`trio.open_memory_channel` with a size, and a task that feeds the sink.

Choose it when the sink may be slow: who sends goes on while there is room. When there is none it waits (`send`), or the
event is dropped and counted (`send_nowait`).
It costs a nursery with a task, and for each event a trip through the channel; `send` is a checkpoint each time. What is
raised inside leaves the nursery in an `ExceptionGroup`.
"""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import trio

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


async def feed(events: trio.MemoryReceiveChannel[Any], sink: Sink) -> None:
    async with events:
        async for event in events:
            try:
                await sink(event)
            except Exception:
                log.exception("the sink failed")


@asynccontextmanager
async def fed(sink: Sink, size: int) -> AsyncIterator[trio.MemorySendChannel[Any]]:
    channel, events = trio.open_memory_channel[Any](size)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(feed, events, sink)
        with channel:
            yield channel


class Outlet:
    def __init__(self, channel: trio.MemorySendChannel[Any]) -> None:
        self._channel = channel
        self.dropped = 0

    def send(self, event: Any) -> None:
        try:
            self._channel.send_nowait(event)
        except trio.WouldBlock:
            self.dropped += 1


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Sink]:
    async with fed(sink, size) as channel:
        yield channel.send


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    async with fed(sink, size) as channel:
        yield Outlet(channel)


# --- how it fits the contract ---

LIBRARY = "trio"
