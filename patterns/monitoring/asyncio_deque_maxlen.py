"""A trap: `collections.deque(maxlen=size)`, and a task that feeds the sink.

Choose it when only the newest events matter, and nobody asks how many there were.
It costs events without a word: a full deque makes room by forgetting the oldest one, and nothing is raised or counted.
Whoever reads the sink takes what is there for all there was.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


class Outlet:
    dropped = 0

    def __init__(self, sink: Sink, size: int) -> None:
        self._sink = sink
        self._held: deque[Any] = deque(maxlen=size)
        self._some = asyncio.Event()
        self._closing = False

    def send(self, event: Any) -> None:
        self._held.append(event)
        self._some.set()

    async def feed(self) -> None:
        while self._held or not self._closing:
            await self._some.wait()
            self._some.clear()
            while self._held:
                try:
                    await self._sink(self._held.popleft())
                except Exception:
                    log.exception("the sink failed")

    def close(self) -> None:
        self._closing = True
        self._some.set()


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:
    outlet = Outlet(sink, size)
    feeding = asyncio.create_task(outlet.feed())
    try:
        yield outlet
        outlet.close()
        await feeding
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (("events_arrive_or_are_counted", "", "a full deque forgets its oldest entry, and tells nobody"),)
