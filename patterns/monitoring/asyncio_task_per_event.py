"""`asyncio.create_task` for each event, which is kept until it has ended.

Choose it when events are few, and the sink answers each of them by itself, however many at a time.
It costs a task per event, and all of them are alive while the sink is stuck. They overtake each other.
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

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself holds tasks by weak references only

    def send(self, event: Any) -> None:
        task = asyncio.create_task(self._tell(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, event: Any) -> None:
        try:
            await self._sink(event)
        except Exception:
            log.exception("the sink failed")

    async def aclose(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.aclose()


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Outlet]:  # noqa: ARG001  there is no bound
    outlet = Outlet(sink)
    try:
        yield outlet
        await outlet.aclose()
    finally:
        await outlet.cancel()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("holds_no_more_than_its_size", "", "each event has a task, and all of them live while the sink is stuck"),
    ("events_arrive_in_order", "", "the sink is told of one event while it is still busy with another"),
)
