"""A Trio memory channel and a task per subscriber: everybody reads at their own pace.

Choose it when one slow subscriber must not hold back who emits: events wait in its channel while the others go on.
It costs a task per subscriber for as long as it is connected, and knowledge: `emit` returns before the event is
handled, so errors surface later.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import trio

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]

ROOM = 16  # events that may wait for one subscriber


class ChannelEmitter:
    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        self._channels: dict[Handler, trio.MemorySendChannel[Event]] = {}
        self._errors: list[Exception] = []
        self._unhandled = 0
        self._idle = trio.Event()
        self._idle.set()

    def connect(self, handler: Handler) -> None:
        if handler not in self._channels:
            self._channels[handler], events = trio.open_memory_channel[Event](ROOM)
            self._nursery.start_soon(self._work, handler, events)

    def disconnect(self, handler: Handler) -> None:
        if channel := self._channels.pop(handler, None):
            channel.close()  # the task handles what waits in the channel, then ends

    async def _work(self, handler: Handler, events: trio.MemoryReceiveChannel[Event]) -> None:
        async for event in events:
            try:
                await handler(event)
            except Exception as error:
                self._errors.append(error)
            self._handled()

    def _handled(self) -> None:
        self._unhandled -= 1
        if not self._unhandled:
            self._idle.set()

    async def emit(self, event: Event) -> None:
        for channel in tuple(self._channels.values()):
            if not self._unhandled:
                self._idle = trio.Event()
            self._unhandled += 1
            try:
                await self._send(channel, event)
            except BaseException as error:  # cancelled, or disconnected meanwhile: nobody will handle this one
                self._handled()
                if not isinstance(error, trio.ClosedResourceError):
                    raise

    async def _send(self, channel: trio.MemorySendChannel[Event], event: Event) -> None:
        try:
            channel.send_nowait(event)  # `send` would take a turn of the loop even if there is room
        except trio.WouldBlock:
            await channel.send(event)

    async def settle(self) -> None:
        await self._idle.wait()
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)


@asynccontextmanager
async def emitter() -> AsyncIterator[ChannelEmitter]:
    async with trio.open_nursery() as nursery:
        emitter = ChannelEmitter(nursery)
        yield emitter
        await emitter.settle()
        nursery.cancel_scope.cancel()


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("nested_emit", "", "a handler that emits waits for itself once its own channel is full"),
    (
        "emit_waits_for_handlers",
        "",
        ("emit hands the event over and returns: settle tells when it is handled, and raises the errors"),
    ),
    (
        "cancel_reaches_handlers",
        "",
        ("cancelling emit calls nothing back: subscribers that have the event in their channel handle it"),
    ),
)
