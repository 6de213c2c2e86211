"""aiosignal: the frozen list of callbacks behind aiohttp's signals.

Choose it when the handlers are known before the first event and none of them fails: sending is a loop of awaits, and
nothing is lighter.
It costs isolation: the first exception ends the round, and a slow handler delays the rest. A signal is frozen before it
is sent, so every later change builds a new one.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from aiosignal import Signal

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class AiosignalEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order
        self._signal: Signal[Event] | None = None  # built for the next event, kept until a handler comes or goes

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None
        self._signal = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)
        self._signal = None

    async def emit(self, event: Event) -> None:
        if self._signal is None:
            self._signal = Signal(self)
            self._signal.extend(self._handlers)
            self._signal.freeze()
        await self._signal.send(event)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "any"
KIND = "package"
REQUIRES = ("aiosignal>=1.4",)
KNOWN_FAILURES = (
    ("one_failure_does_not_stop_others", "", "send awaits in a loop: after the first exception nobody else is called"),
    ("all_errors_kept", "", "of two failing handlers only the first is called"),
    (
        "handlers_side_by_side",
        "",
        "handlers are called one after the other: one that waits holds up every handler after it",
    ),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield AiosignalEmitter()
