"""pyee: `AsyncIOEventEmitter`, Node's event emitter for asyncio.

Choose it when the program is modelled on Node's emitters: named events, `on` and `once`, and a call to emit that waits
for nothing.
It costs control: nothing holds back who emits, an error reaches nobody unless an `error` listener is set, and
`cancel()` forgets its tasks before they have cleaned up.
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from pyee.asyncio import AsyncIOEventEmitter

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class PyeeEmitter:
    def __init__(self) -> None:
        self._emitter = AsyncIOEventEmitter()
        self._errors: list[Exception] = []
        self._emitter.on("error", self._failed)

    def _failed(self, error: Exception) -> None:
        self._errors.append(error)

    def connect(self, handler: Handler) -> None:
        self._emitter.on("event", handler)

    def disconnect(self, handler: Handler) -> None:
        with suppress(KeyError):  # older releases know no stranger
            self._emitter.remove_listener("event", handler)

    async def emit(self, event: Event) -> None:
        self._emitter.emit("event", event)

    async def settle(self) -> None:
        while not self._emitter.complete:  # older releases wait for the handlers of this moment only
            await self._emitter.wait_for_complete()
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)

    def close(self) -> None:
        self._emitter.cancel()


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pyee>=13",)
KNOWN_FAILURES = (
    ("bounded_in_flight", "", "emits return at once while handlers are blocked: one more task for each event"),
    ("per_subscriber_order", "", "the handler begins the second event before it has ended with the first"),
    ("close_waits_for_cleanup", "", "after cancel() `complete` is true while handlers are still cleaning up"),
    (
        "emit_waits_for_handlers",
        "",
        ("emit hands the event over and returns: settle tells when it is handled, and raises the errors"),
    ),
    ("cancel_reaches_handlers", "", "cancelling emit calls nothing back: its handlers are running on their own"),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    emitter = PyeeEmitter()
    try:
        yield emitter
        await emitter.settle()
    finally:
        emitter.close()
