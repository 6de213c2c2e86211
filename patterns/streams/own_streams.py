"""Our own best for asyncio: a task per source, and a deque from which readers take without waiting.

Choose it when a source holds a deadline or a task group, its closing waits, or several tasks share a stream: what a
reader does, or no longer does, never reaches into the source.
It costs these lines in your program, and a task per source. Up to 32 items are fetched before they are asked for, and
steps run in the task of the source.
"""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]
Waiters = deque["asyncio.Future[None]"]

_EAGER: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


class Flow(Generic[T]):
    def __init__(self, sources: Sequence[Source[T]], steps: Sequence[Step[T]] = (), ahead: int = 32) -> None:
        self._sources, self._steps, self._ahead = sources, steps, ahead
        self._items: deque[T] = deque()
        self._readers: Waiters = deque()  # who wait for an item
        self._full: Waiters = deque()  # who wait for room
        self._asking: set[asyncio.Task[None]] = set()  # who may be interrupted
        self._errors: list[BaseException] = []  # that nobody has been told
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def __aenter__(self) -> "Flow[T]":
        self._loop = loop = asyncio.get_running_loop()
        for source in self._sources:
            task: asyncio.Task[None] = asyncio.Task(self._fill(source), loop=loop, **_EAGER)
            self._running.add(task)
            task.add_done_callback(self._ended)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        cancelled: asyncio.CancelledError | None = None
        while self._running:
            try:
                await self._wait(self._readers)
            except asyncio.CancelledError as another:  # the sources are closed all the same
                cancelled = another
        try:
            if cancelled:
                raise cancelled from (self._errors[0] if self._errors else None)
            if self._errors and (error is None or isinstance(error, Exception)):
                raise BaseExceptionGroup("sources failed", [error, *self._errors] if error else self._errors)
        finally:
            del error, cancelled, self._errors  # they refer to this frame: no cycle for the collector

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
        task = asyncio.current_task(self._loop)
        assert task is not None  # the loop runs this in one
        self._asking.add(task)
        async with source() as fetch:
            try:
                while not self._stopping and (item := await fetch()) is not None:
                    for step in self._steps:
                        item = await step(item)
                    self._give(item)
                    while len(self._items) >= self._ahead and not self._stopping:
                        await self._wait(self._full)
            finally:
                self._asking.discard(task)  # closing is left in peace

    def _give(self, item: T) -> None:
        self._items.append(item)
        if self._readers:
            self._wake(self._readers)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._errors.append(error)
            self._stop()
        if not self._running:
            self._wake_all(self._readers)

    def _stop(self) -> None:
        self._stopping = True
        for task in self._asking:
            task.cancel()

    async def _wait(self, waiters: Waiters) -> None:
        waiter = self._loop.create_future()
        waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter in waiters:
                waiters.remove(waiter)
            elif not waiter.cancelled():
                self._wake(waiters)  # in our stead
            raise

    @staticmethod
    def _wake(waiters: Waiters) -> None:
        while waiters:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _wake_all(self, waiters: Waiters) -> None:
        while waiters:
            self._wake(waiters)


class Chunks(Flow[T]):
    def __init__(self, source: Source[T], size: int, seconds: float) -> None:
        super().__init__([source], ahead=size)
        self._seconds = seconds
        self._due: float  # when the chunk has waited for long enough; its first item says it

    async def __anext__(self) -> list[T]:  # type: ignore[override]  # another kind of item
        items = self._items
        while not items:
            await self._next()
        while len(items) < self._ahead and self._running and self._loop.time() < self._due:
            timer = self._loop.call_at(self._due, self._wake_all, self._readers)
            try:
                await self._wait(self._readers)
            finally:
                timer.cancel()
        chunk = list(items)
        items.clear()
        self._wake_all(self._full)
        return chunk

    def _give(self, item: T) -> None:
        self._items.append(item)
        if len(self._items) == 1:
            self._due = self._loop.time() + self._seconds
        if self._readers and len(self._items) in (1, self._ahead):
            self._wake(self._readers)


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow([source])


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow([source], steps)


def buffered(source: Source[T], size: int) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow([source], ahead=size)


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return Flow(sources)


# --- how it fits the contract ---


def chunked(source: Source[T], size: int, seconds: float) -> Any:
    return Chunks(source, size, seconds)


LIBRARY = "asyncio"
KIND = "own"
