"""An AnyIO memory object stream between the source's task, in a task group, and its readers.

Choose it when one code base must run on asyncio and Trio, and several tasks share one stream.
It costs a task group and a task per stream, and several checkpoints per item. When the source fails the task group
cancels the body of the loop, and what is in the stream is not read.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


@asynccontextmanager
async def _run(
    sources: Sequence[Source[T]], steps: Sequence[Step[T]], size: int
) -> AsyncIterator[MemoryObjectReceiveStream[T]]:
    sending, receiving = anyio.create_memory_object_stream[T](size)

    async def fill(source: Source[T], out: MemoryObjectSendStream[T]) -> None:
        with out:
            async with source() as fetch:
                while (item := await fetch()) is not None:
                    for step in steps:
                        item = await step(item)
                    await out.send(item)

    with receiving:
        async with anyio.create_task_group() as group:
            with sending:
                for source in sources:
                    group.start_soon(fill, source, sending.clone())
            yield receiving
            group.cancel_scope.cancel()


class Chunks(Generic[T]):
    def __init__(self, receiving: MemoryObjectReceiveStream[T], size: int, seconds: float) -> None:
        self._receiving, self._size, self._seconds = receiving, size, seconds

    def __aiter__(self) -> AsyncIterator[list[T]]:
        return self

    async def __anext__(self) -> list[T]:
        chunk = [await anext(self._receiving)]
        with anyio.move_on_after(self._seconds):
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

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("close_may_wait", "", "its task is cancelled when the stream is left, and then at every wait of its closing"),
    (
        "items_before_error",
        "",
        "when a source fails the body of the loop is cancelled, and what had been fetched is not read",
    ),
    (
        "deadline_loses_nothing",
        "",
        "an item is handed to a reader whose task.cancel() comes in the same turn, and is lost",
        "[!t]*",
    ),
    (
        "cancellation_survives_error",
        "",
        "AnyIO's task group raises what a source raised and forgets a task.cancel() that came while it waited",
        "[!t]*",
    ),
)
