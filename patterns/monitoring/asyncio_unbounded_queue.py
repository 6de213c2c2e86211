"""`asyncio.Queue` without a size, and a task that feeds the sink.

Choose it when the sink is always quicker than the program, and nobody may wait and nothing may be lost.
It costs memory, for as long as that is not true: a sink that is down for an hour means an hour's events, and a program
that ends when it has no more memory, with all of them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


class Outlet:
    dropped = 0

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self.send = self._queue.put_nowait
        self.join = self._queue.join

    async def feed(self, sink: Sink) -> None:
        while True:
            event = await self._queue.get()
            try:
                await sink(event)
            except Exception:
                log.exception("the sink failed")
            finally:
                self._queue.task_done()


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:  # noqa: ARG001  it has none
    outlet = Outlet()
    feeding = asyncio.create_task(outlet.feed(sink))
    try:
        yield outlet
        await outlet.join()
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (("holds_no_more_than_its_size", "", "a queue without a size holds whatever it is given"),)
