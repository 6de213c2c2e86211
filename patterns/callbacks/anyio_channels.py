"""AnyIO's memory object stream and a task per subscriber: everybody reads at their own pace.

Choose it when a library must run on asyncio and Trio alike, and one slow subscriber must not hold back who emits.
It costs a task per subscriber for as long as it is connected, and knowledge: `emit` returns before the event is
handled, so errors surface later.
"""

import math
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskGroup

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]

ROOM = 16  # events that may wait for one subscriber


class _Subscription:
    def __init__(self) -> None:
        self.room = anyio.Semaphore(ROOM, fast_acquire=True)
        self.send, self.receive = anyio.create_memory_object_stream[Event](math.inf)


class StreamEmitter:
    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._subscriptions: dict[Handler, _Subscription] = {}
        self._errors: list[Exception] = []
        self._unhandled = 0
        self._idle = anyio.Event()
        self._idle.set()

    def connect(self, handler: Handler) -> None:
        if handler not in self._subscriptions:
            self._subscriptions[handler] = subscription = _Subscription()
            self._group.start_soon(self._work, handler, subscription)

    def disconnect(self, handler: Handler) -> None:
        if subscription := self._subscriptions.pop(handler, None):
            subscription.send.close()  # the task handles what waits in the stream, then ends

    def disconnect_all(self) -> None:
        for handler in tuple(self._subscriptions):
            self.disconnect(handler)

    async def _work(self, handler: Handler, subscription: _Subscription) -> None:
        with subscription.receive as events:
            async for event in events:
                try:
                    await handler(event)
                except Exception as error:
                    self._errors.append(error)
                subscription.room.release()
                self._unhandled -= 1
                if not self._unhandled:
                    self._idle.set()

    async def emit(self, event: Event) -> None:
        for subscription in tuple(self._subscriptions.values()):
            # A `send` that waits may be cancelled after its event was taken, and nobody would know whether to count it.
            await subscription.room.acquire()
            try:
                subscription.send.send_nowait(event)
            except anyio.ClosedResourceError:
                subscription.room.release()  # disconnected while we waited: pass the place on
                continue
            if not self._unhandled:
                self._idle = anyio.Event()
            self._unhandled += 1

    async def settle(self) -> None:
        await self._idle.wait()
        if self._errors:
            errors, self._errors = self._errors, []
            raise ExceptionGroup("handlers failed", errors)


@asynccontextmanager
async def emitter() -> AsyncIterator[StreamEmitter]:
    async with anyio.create_task_group() as group:
        emitter = StreamEmitter(group)
        try:
            yield emitter
            await emitter.settle()
        finally:
            emitter.disconnect_all()


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("nested_emit", "", "a handler that emits waits for itself once its own stream is full"),
    (
        "emit_waits_for_handlers",
        "",
        ("emit hands the event over and returns: settle tells when it is handled, and raises the errors"),
    ),
    (
        "cancel_reaches_handlers",
        "",
        ("cancelling emit calls nothing back: subscribers that have the event in their stream handle it"),
    ),
)
