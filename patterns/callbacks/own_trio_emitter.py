"""Our own emitter for Trio: a task for each handler that waits, none for those that do not.

Choose it when you want every promise kept and handlers often have nothing to wait for: one task calls them all, until
one waits; that one keeps the task to itself, and others take over the rest.
It costs these lines in your program, and a few turns of the scheduler before the last of many waiting handlers begins.
"""

from collections.abc import Callable, Coroutine, Generator
from contextvars import copy_context
from types import coroutine
from typing import Any

import trio

Event = Any
Handler = Callable[[Event], Coroutine[Any, Any, None]]


class _Delivery:
    """One event on its way: the handlers that have not been called yet, and the tasks that call them."""

    def __init__(self, event: Event, handlers: tuple[Handler, ...]) -> None:
        self.event = event
        self.uncalled = len(handlers)
        self.handlers = iter(handlers)
        self.coming = 0  # tasks that were started and have not begun
        self.errors: list[BaseException] = []

    async def run(self) -> None:
        async with trio.open_nursery() as self.nursery:
            self.start(1)

    def start(self, tasks: int) -> None:
        """Start tasks, but no more than there are handlers for them."""
        for _ in range(min(tasks, self.uncalled - self.coming)):
            self.nursery.start_soon(self.work)
            self.coming += 1

    async def work(self) -> None:
        """Call handlers as long as there are any."""
        self.coming -= 1
        for handler in self.handlers:
            self.uncalled -= 1
            try:
                await self.call(handler)
            except Exception as error:
                self.errors.append(error)

    @coroutine
    def call(self, handler: Handler) -> Generator[Any, Any, None]:
        """Await a handler in a context of its own; when it first waits, start others to go on with the rest."""
        running, run = handler(self.event), copy_context().run
        try:
            wait = run(running.send, None)
            self.start(2)  # twice as many each time: thousands of waiting handlers begin within a dozen turns
            while True:
                try:
                    value = yield wait
                except BaseException as error:
                    wait = run(running.throw, error)
                else:
                    wait = run(running.send, value)
        except StopIteration:  # how a coroutine says that it has ended
            pass


class OwnEmitter:
    def __init__(self) -> None:
        self._handlers: dict[Handler, None] = {}  # a set that keeps its order

    def connect(self, handler: Handler) -> None:
        self._handlers[handler] = None

    def disconnect(self, handler: Handler) -> None:
        self._handlers.pop(handler, None)

    async def emit(self, event: Event) -> None:
        delivery = _Delivery(event, tuple(self._handlers))
        try:
            await delivery.run()
        except BaseException as stopped:  # cancelled, or a handler raised SystemExit or the like
            if delivery.errors:
                raise BaseExceptionGroup("emit was stopped, handlers failed", [stopped, *delivery.errors]) from None
            raise
        if delivery.errors:
            raise BaseExceptionGroup("handlers failed", delivery.errors)

    async def settle(self) -> None:
        pass


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.callbacks import Emitter

LIBRARY = "trio"
KIND = "own"


@asynccontextmanager
async def emitter() -> AsyncIterator[Emitter]:
    yield OwnEmitter()
