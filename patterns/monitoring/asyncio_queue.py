"""`asyncio.Queue` with a size, and a task that feeds the sink.

Choose it when the sink may be slow: who sends goes on while there is room. When there is none it waits (`put`), or the
event is dropped and counted (`put_nowait`): that is decided once, and in plain sight.
It costs a task, and for each event a trip through the queue, and a wake-up where the task was waiting.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


async def feed(queue: asyncio.Queue[Any], sink: Sink) -> None:
    while True:
        event = await queue.get()
        try:
            await sink(event)
        except Exception:
            log.exception("the sink failed")
        finally:
            queue.task_done()


@asynccontextmanager
async def fed(sink: Sink, size: int) -> AsyncIterator[asyncio.Queue[Any]]:
    queue: asyncio.Queue[Any] = asyncio.Queue(size)
    feeding = asyncio.create_task(feed(queue, sink))
    try:
        yield queue
        await queue.join()
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])


class Outlet:
    def __init__(self, queue: asyncio.Queue[Any]) -> None:
        self._queue = queue
        self.dropped = 0

    def send(self, event: Any) -> None:
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.dropped += 1


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Sink]:
    async with fed(sink, size) as queue:
        yield queue.put


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    async with fed(sink, size) as queue:
        yield Outlet(queue)


# --- how it fits the contract ---

LIBRARY = "asyncio"
