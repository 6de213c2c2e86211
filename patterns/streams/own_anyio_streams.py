"""Our own best for AnyIO: a task per source, and a deque from which readers take without waiting.

Choose it when one code base must run on asyncio and Trio, and a source holds a deadline or a task group, its closing
waits, or several tasks share a stream.
It costs these lines in your program, a task group per stream and a task per source. Up to 32 items are fetched before
they are asked for, steps run in the task of the source, and taking an item that is there is no checkpoint.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Generic, TypeVar

import anyio

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]
Waiters = deque[anyio.Event]


class Flow(Generic[T]):
    def __init__(self, sources: Sequence[Source[T]], steps: Sequence[Step[T]] = (), ahead: int = 32) -> None:
        self._sources, self._steps, self._ahead = sources, steps, ahead
        self._items: deque[T] = deque()
        self._readers: Waiters = deque()  # who wait for an item
        self._full: Waiters = deque()  # who wait for room
        self._asking: set[anyio.CancelScope] = set()  # what may be interrupted
        self._errors: list[BaseException] = []  # that nobody has been told
        self._running = len(sources)
        self._stopping = False

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Any]:
        error: BaseException | None = None
        async with anyio.create_task_group() as group:
            for source in self._sources:
                group.start_soon(self._fill, source)
            try:
                yield self
            except BaseException as failure:  # told below, in no group of the task group's
                error = failure
            self._stop()
        try:
            if error and not isinstance(error, Exception):
                raise error
            if self._errors:
                raise BaseExceptionGroup("sources failed", [error, *self._errors] if error else self._errors)
            if error:
                raise error
        finally:
            del error, self._errors  # they refer to this frame: no cycle for the collector

    def __aiter__(self) -> "Flow[T]":
        return self

    async def __anext__(self) -> T:
        while not self._items:
            await self._next()
        item = self._items.popleft()
        if self._full and len(self._items) * 2 <= self._ahead:
            self._wake_all(self._full)
        return item

    async def _next(self) -> None:
        if self._running:
            await self._wait(self._readers)
        elif self._errors:
            raise self._errors.pop(0)
        else:
            raise StopAsyncIteration

    async def _fill(self, source: Source[T]) -> None:
        scope = anyio.CancelScope()
        self._asking.add(scope)
        try:
            async with source() as fetch:
                with scope:  # closing is left in peace
                    while not self._stopping and (item := await fetch()) is not None:
                        for step in self._steps:
                            item = await step(item)
                        self._give(item)
                        while len(self._items) >= self._ahead and not self._stopping:
                            await self._wait(self._full)
        except Exception as error:
            self._errors.append(error)
            self._stop()
        finally:
            self._asking.discard(scope)
            self._running -= 1
            if not self._running:
                self._wake_all(self._readers)

    def _give(self, item: T) -> None:
        self._items.append(item)
        if self._readers:
            self._readers.popleft().set()

    def _stop(self) -> None:
        self._stopping = True
        self._wake_all(self._full)
        for scope in self._asking:
            scope.cancel()

    async def _wait(self, waiters: Waiters) -> None:
        waiter = anyio.Event()
        waiters.append(waiter)
        try:
            await waiter.wait()
        except anyio.get_cancelled_exc_class():
            if not waiter.is_set():
                waiters.remove(waiter)
            elif waiters:
                waiters.popleft().set()  # in our stead
            raise

    def _wake_all(self, waiters: Waiters) -> None:
        while waiters:
            waiters.popleft().set()


class Chunks(Flow[T]):
    def __init__(self, source: Source[T], size: int, seconds: float) -> None:
        super().__init__([source], ahead=size)
        self._seconds = seconds
        self._due: float  # when the chunk has waited for long enough; its first item says it

    async def __anext__(self) -> list[T]:  # type: ignore[override]  # another kind of item
        items = self._items
        while not items:
            await self._next()
        with anyio.CancelScope(deadline=self._due):
            while len(items) < self._ahead and self._running:
                await self._wait(self._readers)
        chunk = list(items)
        items.clear()
        self._wake_all(self._full)
        return chunk

    def _give(self, item: T) -> None:
        self._items.append(item)
        if len(self._items) == 1:
            self._due = anyio.current_time() + self._seconds
        if self._readers and len(self._items) in (1, self._ahead):
            self._readers.popleft().set()


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow([source]).run()


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow([source], steps).run()


def buffered(source: Source[T], size: int) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow([source], ahead=size).run()


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow(sources).run()


def chunked(source: Source[T], size: int, seconds: float) -> AbstractAsyncContextManager[AsyncIterator[list[T]]]:
    return Chunks(source, size, seconds).run()


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "own"
