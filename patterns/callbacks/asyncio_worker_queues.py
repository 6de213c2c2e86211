"""A queue and a worker task per subscriber: everybody reads at their own pace.

Choose it when one slow subscriber must not hold back who emits: events wait in its queue while the others go on.
It costs a task per subscriber for as long as it is connected, and knowledge: `emit` returns before the event is
handled, so errors surface later.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]

ROOM = 16  # events that may wait for one subscriber
_END = object()


class _Subscription:
    def __init__(self) -> None:
        self.open = True
        self.room = asyncio.Semaphore(ROOM)
        self.queue: asyncio.Queue[Event] = asyncio.Queue()


class QueueEmitter:
    def __init__(self) -> None:
        self._subscriptions: dict[Handler, _Subscription] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._errors: list[BaseException] = []
        self._closed = False
        self._unhandled = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def connect(self, handler: Handler) -> None:
        if handler not in self._subscriptions:
            self._subscriptions[handler] = subscription = _Subscription()
            self._workers.add(worker := asyncio.create_task(self._work(handler, subscription)))
            worker.add_done_callback(self._workers.discard)

    def disconnect(self, handler: Handler) -> None:
        if subscription := self._subscriptions.pop(handler, None):
            subscription.open = False
            subscription.queue.put_nowait(_END)  # the worker handles what waits before it, then ends

    async def _work(self, handler: Handler, subscription: _Subscription) -> None:
        while (event := await subscription.queue.get()) is not _END:
            try:
                await handler(event)
            except BaseException as error:  # also of a handler that was cancelled elsewhere, or that would exit
                if self._closed:
                    raise
                self._errors.append(error)
            subscription.room.release()
            self._unhandled -= 1
            if not self._unhandled:
                self._idle.set()

    async def emit(self, event: Event) -> None:
        for subscription in tuple(self._subscriptions.values()):
            await subscription.room.acquire()
            if subscription.open:
                subscription.queue.put_nowait(event)
                self._unhandled += 1
                self._idle.clear()
            else:
                subscription.room.release()  # disconnected while we waited: pass the place on

    async def settle(self) -> None:
        await self._idle.wait()
        if self._errors:
            errors, self._errors = self._errors, []
            raise BaseExceptionGroup("handlers failed", errors)

    async def close(self) -> None:
        self._closed = True
        workers = tuple(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("nested_emit", "", "a handler that emits waits for itself once its own queue is full"),
    (
        "emit_waits_for_handlers",
        "",
        ("emit hands the event over and returns: settle tells when it is handled, and raises the errors"),
    ),
    (
        "cancel_reaches_handlers",
        "",
        "cancelling emit calls nothing back: subscribers that have the event queued handle it",
    ),
)


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    emitter = QueueEmitter()
    try:
        yield emitter
        await emitter.settle()
    finally:
        await emitter.close()
