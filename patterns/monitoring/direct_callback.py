"""An async callback that is awaited where the event happens.

Choose it when the sink is quick, or when an event must have arrived before the program goes on: an audit log, a test.
It costs the sink's own time wherever something is told: a sink that is slow makes the program slow, one that hangs
makes it hang. Nothing is held, and nobody runs beside the program.
"""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger(__name__)
Sink = Callable[[Any], Coroutine[Any, Any, object]]


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Sink]:  # noqa: ARG001  it holds nothing
    async def send(event: Any) -> None:
        try:
            await sink(event)
        except Exception:
            log.exception("the sink failed")

    yield send


# --- how it fits the contract ---

LIBRARY = "any"
