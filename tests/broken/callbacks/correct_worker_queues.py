"""Correct, with a queue and a worker per subscriber, without AnyIO."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Event, Handler

LIBRARY = "asyncio"
NOT_APPLICABLE = (
    ("emit_waits_for_handlers", "it hands events over"),
    ("cancel_reaches_handlers", "it hands events over"),
)

_END = object()


class Subscription:
    def __init__(self) -> None:
        self.open = True
        self.room = asyncio.Semaphore(16)
        self.queue: asyncio.Queue[tuple[Event, bool]] = asyncio.Queue()


class PlantedEmitter:
    def __init__(self) -> None:
        self._subscriptions: dict[Handler, Subscription] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._errors: list[BaseException] = []
        self._closed = False
        self._unhandled = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def connect(self, handler: Handler) -> None:
        if handler not in self._subscriptions:
            self._subscriptions[handler] = subscription = Subscription()
            self._workers.add(asyncio.create_task(self._work(handler, subscription)))

    def disconnect(self, handler: Handler) -> None:
        if subscription := self._subscriptions.pop(handler, None):
            subscription.open = False
            subscription.queue.put_nowait((_END, False))  # the worker handles what waits before it, then ends

    async def _work(self, handler: Handler, subscription: Subscription) -> None:
        while True:
            event, waited = await subscription.queue.get()
            if event is _END:
                return
            try:
                await handler(event)
            except BaseException as error:  # also of a handler that was cancelled elsewhere, or that would exit
                if self._closed:
                    raise
                self._errors.append(error)
            if waited:
                subscription.room.release()
            self._unhandled -= 1
            if not self._unhandled:
                self._idle.set()

    async def emit(self, event: Event) -> None:
        waits = asyncio.current_task() not in self._workers  # a handler would wait for itself
        for subscription in tuple(self._subscriptions.values()):
            if waits:
                await subscription.room.acquire()
            if subscription.open:
                subscription.queue.put_nowait((event, waits))
                self._unhandled += 1
                self._idle.clear()
            elif waits:
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


@asynccontextmanager
async def emitter() -> AsyncIterator[PlantedEmitter]:
    emitter = PlantedEmitter()
    try:
        yield emitter
        await emitter.settle()
    finally:
        await emitter.close()
