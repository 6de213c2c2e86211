"""A Trio memory channel of no size between the source's task, in a nursery, and its readers.

Choose it when several tasks share one stream, or when the source must not be interrupted by a reader that gives up.
It costs a task per stream, and two switches of tasks per item. When the source fails the nursery cancels the body of
the loop, and what is in the channel is not read.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, TypeVar

import trio

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


@asynccontextmanager
async def _run(
    sources: Sequence[Source[T]], steps: Sequence[Step[T]], size: int
) -> AsyncIterator[trio.MemoryReceiveChannel[T]]:
    sending, receiving = trio.open_memory_channel[T](size)

    async def fill(source: Source[T], out: trio.MemorySendChannel[T]) -> None:
        with out:  # not async: an error must leave without another wait
            async with source() as fetch:
                while (item := await fetch()) is not None:
                    for step in steps:
                        item = await step(item)
                    await out.send(item)

    async with trio.open_nursery() as nursery:
        with sending:
            for source in sources:
                nursery.start_soon(fill, source, sending.clone())
        yield receiving
        nursery.cancel_scope.cancel()


class Chunks(Generic[T]):
    def __init__(self, receiving: trio.MemoryReceiveChannel[T], size: int, seconds: float) -> None:
        self._receiving, self._size, self._seconds = receiving, size, seconds

    def __aiter__(self) -> AsyncIterator[list[T]]:
        return self

    async def __anext__(self) -> list[T]:
        chunk = [await anext(self._receiving)]
        with trio.move_on_after(self._seconds):
            while len(chunk) < self._size:
                try:
                    chunk.append(await anext(self._receiving))
                except StopAsyncIteration:
                    break
        return chunk


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], (), 0)


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], steps, 0)


def buffered(source: Source[T], size: int) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], (), size)


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run(sources, (), 0)


@asynccontextmanager
async def chunked(source: Source[T], size: int, seconds: float) -> AsyncIterator[AsyncIterator[list[T]]]:
    async with _run([source], (), size) as receiving:
        yield Chunks(receiving, size, seconds)


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("close_may_wait", "", "its task is cancelled when the stream is left, and then at every wait of its closing"),
    (
        "items_before_error",
        "",
        "when a source fails the body of the loop is cancelled, and what had been fetched is not read",
    ),
)
