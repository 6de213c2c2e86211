"""Our own best for Trio: a task per source, and a deque from which readers take without waiting.

Choose it when a source holds a deadline or a nursery, its closing waits, or several tasks share a stream: what a reader
does, or no longer does, never reaches into the source.
It costs these lines in your program, a nursery per stream and a task per source. Up to 32 items are fetched before they
are asked for, steps run in the task of the source, and taking an item that is there is no checkpoint.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

import trio
from trio.lowlevel import ParkingLot

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


class Flow(Generic[T]):
    def __init__(self, sources: Sequence[Source[T]], steps: Sequence[Step[T]] = (), ahead: int = 32) -> None:
        self._sources, self._steps, self._ahead = sources, steps, ahead
        self._items: deque[T] = deque()
        self._readers, self._full = ParkingLot(), ParkingLot()  # who wait for an item, and for room
        self._asking: set[trio.CancelScope] = set()  # what may be interrupted
        self._errors: list[BaseException] = []  # that nobody has been told
        self._running = len(sources)
        self._stopping = False

    async def __aenter__(self) -> "Flow[T]":
        self._nursery = trio.open_nursery()
        nursery = await self._nursery.__aenter__()
        for source in self._sources:
            nursery.start_soon(self._fill, source)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        raised = error if isinstance(error, Exception) else None
        try:
            if raised:  # told below, in no group of the nursery's
                await self._nursery.__aexit__(None, None, None)
            else:
                await self._nursery.__aexit__(kind, error, trace)
            if self._errors:
                raise BaseExceptionGroup("sources failed", [raised, *self._errors] if raised else self._errors)
        finally:
            del error, raised, self._errors  # they refer to this frame: no cycle for the collector

    def __aiter__(self) -> "Flow[T]":
        return self

    async def __anext__(self) -> T:
        while not self._items:
            await self._next()
        item = self._items.popleft()
        if self._full and len(self._items) * 2 <= self._ahead:
            self._full.unpark_all()
        return item

    async def _next(self) -> None:
        if self._running:
            await self._readers.park()
        elif self._errors:
            raise self._errors.pop(0)
        else:
            raise StopAsyncIteration

    async def _fill(self, source: Source[T]) -> None:
        scope = trio.CancelScope()
        self._asking.add(scope)
        try:
            async with source() as fetch:
                with scope:  # closing is left in peace
                    while not self._stopping and (item := await fetch()) is not None:
                        for step in self._steps:
                            item = await step(item)
                        self._give(item)
                        while len(self._items) >= self._ahead and not self._stopping:
                            await self._full.park()
        except Exception as error:
            self._errors.append(error)
            self._stop()
        finally:
            self._asking.discard(scope)
            self._running -= 1
            if not self._running:
                self._readers.unpark_all()

    def _give(self, item: T) -> None:
        self._items.append(item)
        if self._readers:
            self._readers.unpark()

    def _stop(self) -> None:
        self._stopping = True
        self._full.unpark_all()
        for scope in self._asking:
            scope.cancel()


class Chunks(Flow[T]):
    def __init__(self, source: Source[T], size: int, seconds: float) -> None:
        super().__init__([source], ahead=size)
        self._seconds = seconds
        self._due: float  # when the chunk has waited for long enough; its first item says it

    async def __anext__(self) -> list[T]:  # type: ignore[override]  # another kind of item
        items = self._items
        while not items:
            await self._next()
        with trio.CancelScope(deadline=self._due):
            while len(items) < self._ahead and self._running:
                await self._readers.park()
        chunk = list(items)
        items.clear()
        self._full.unpark_all()
        return chunk

    def _give(self, item: T) -> None:
        self._items.append(item)
        if len(self._items) == 1:
            self._due = trio.current_time() + self._seconds
        if self._readers and len(self._items) in (1, self._ahead):
            self._readers.unpark()


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


LIBRARY = "trio"
KIND = "own"
