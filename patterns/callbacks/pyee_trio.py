"""pyee: `TrioEventEmitter`, Node's event emitter in a Trio nursery.

Choose it when a Trio program is modelled on Node's emitters: named events, `on` and `once`, and a call to emit that
waits for nothing.
It costs control: nothing holds back who emits, Trio starts the handlers of successive events in any order, and only
leaving the emitter waits for them, so knowing earlier takes a count of one's own.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import trio
from pyee.trio import TrioEventEmitter

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class PyeeEmitter:
    def __init__(self, emitter: TrioEventEmitter) -> None:
        self._emitter = emitter
        self._listeners: dict[Handler, Handler] = {}
        self._errors: list[Exception] = []
        self._unhandled = 0
        self._idle = trio.Event()
        self._idle.set()

    def connect(self, handler: Handler) -> None:
        async def listener(event: Event) -> None:
            try:
                await handler(event)
            except Exception as error:
                self._errors.append(error)
            self._unhandled -= 1
            if not self._unhandled:
                self._idle.set()

        if handler not in self._listeners:
            self._listeners[handler] = listener
            self._emitter.on("event", listener)

    def disconnect(self, handler: Handler) -> None:
        if listener := self._listeners.pop(handler, None):
            self._emitter.remove_listener("event", listener)

    async def emit(self, event: Event) -> None:
        if self._listeners:
            if not self._unhandled:
                self._idle = trio.Event()
            self._unhandled += len(self._listeners)
            self._emitter.emit("event", event)

    async def settle(self) -> None:
        await self._idle.wait()
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)


@asynccontextmanager
async def emitter() -> AsyncIterator[PyeeEmitter]:
    async with TrioEventEmitter() as events:
        emitter = PyeeEmitter(events)
        yield emitter
        await emitter.settle()


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "package"
REQUIRES = ("pyee>=13",)
KNOWN_FAILURES = (
    ("bounded_in_flight", "", "emits return at once while handlers are blocked: one more task for each event"),
    ("per_subscriber_order", "", "the handler begins the second event before it has ended with the first"),
    (
        "emit_waits_for_handlers",
        "",
        ("emit hands the event over and returns: settle tells when it is handled, and raises the errors"),
    ),
    ("cancel_reaches_handlers", "", "cancelling emit calls nothing back: its handlers are running on their own"),
)
