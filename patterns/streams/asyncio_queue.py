"""An `asyncio.Queue` between the source's task, held by a `TaskGroup`, and its readers.

Choose it when several tasks share one stream, or when the source must not be interrupted by a reader that gives up.
It costs a task per stream, and a trip through the queue per item. When the source fails the body of the loop is
cancelled, and what is in the queue is not read.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Generic, TypeVar

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


class Taken(Generic[T]):
    def __init__(self, queue: "asyncio.Queue[T | None]") -> None:
        self._queue = queue

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        item = await self._queue.get()
        if item is None:
            self._queue.put_nowait(None)  # for whoever asks next
            raise StopAsyncIteration
        return item


class Chunks(Generic[T]):
    def __init__(self, items: Taken[T], size: int, seconds: float) -> None:
        self._items, self._size, self._seconds = items, size, seconds

    def __aiter__(self) -> AsyncIterator[list[T]]:
        return self

    async def __anext__(self) -> list[T]:
        chunk = [await anext(self._items)]
        with suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(self._seconds):
                while len(chunk) < self._size:
                    chunk.append(await anext(self._items))
        return chunk


@asynccontextmanager
async def _run(sources: Sequence[Source[T]], steps: Sequence[Step[T]], size: int) -> AsyncIterator[Taken[T]]:
    queue: asyncio.Queue[T | None] = asyncio.Queue(size)

    async def fill(source: Source[T]) -> None:
        async with source() as fetch:
            while (item := await fetch()) is not None:
                for step in steps:
                    item = await step(item)
                await queue.put(item)

    async def fill_all() -> None:
        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(fill(source))
        await queue.put(None)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(fill_all())
        yield Taken(queue)
        task.cancel()


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], (), 1)


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], steps, 1)


def buffered(source: Source[T], size: int) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], (), size)


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run(sources, (), len(sources))


@asynccontextmanager
async def chunked(source: Source[T], size: int, seconds: float) -> AsyncIterator[AsyncIterator[list[T]]]:
    async with _run([source], (), size) as stream:
        yield Chunks(stream, size, seconds)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("cancellation_survives_error", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("close_may_wait", "", "its task is cancelled when the stream is left, while it closes its source, too"),
    (
        "items_before_error",
        "",
        "when a source fails the body of the loop is cancelled, and what had been fetched is not read",
    ),
)
