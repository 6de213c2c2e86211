"""blinker: `Signal.send_async`, one receiver after the other.

Choose it when the program has blinker signals already, as Flask's do, and its handlers neither fail nor wait.
It costs isolation: the first exception ends the round, and a slow receiver delays the rest. Its `muted()` silences the
signal for every task, not only for the one that asked.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from blinker import Signal

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class BlinkerEmitter:
    def __init__(self) -> None:
        self._signal = Signal()

    def connect(self, handler: Handler) -> None:
        self._signal.connect(handler, weak=False)

    def disconnect(self, handler: Handler) -> None:
        self._signal.disconnect(handler)

    async def emit(self, event: Event) -> None:
        await self._signal.send_async(event)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "any"
KIND = "package"
REQUIRES = ("blinker>=1.9",)
KNOWN_FAILURES = (
    ("one_failure_does_not_stop_others", "", "send_async raises the first exception: later receivers are not called"),
    ("all_errors_kept", "", "of two failing receivers only the first is called"),
    (
        "handlers_side_by_side",
        "",
        "handlers are called one after the other: one that waits holds up every handler after it",
    ),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield BlinkerEmitter()
