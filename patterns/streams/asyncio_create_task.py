"""`asyncio.create_task` for the source, an `asyncio.Queue` to its reader, and `task.cancel()` by hand.

Choose it when the source cannot fail, and whoever leaves does not care when it has been closed.
It costs a task per stream, and a trip through the queue per item. Nobody looks at the task: when the source fails its
reader waits for ever, and the error is told by the garbage collector, if at all.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]


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


@asynccontextmanager
async def buffered(source: Source[T], size: int) -> AsyncIterator[AsyncIterator[T]]:
    queue: asyncio.Queue[T | None] = asyncio.Queue(size)

    async def fill() -> None:
        async with source() as fetch:
            while (item := await fetch()) is not None:
                await queue.put(item)
        await queue.put(None)

    task = asyncio.create_task(fill())
    try:
        yield Taken(queue)
    finally:
        task.cancel()


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return buffered(source, 1)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("source_error_reaches_reader", "", "nobody looks at the task, and its reader waits for ever"),
    ("closed_when_left", "", "nobody waits for the task that was cancelled"),
    ("closed_when_cancelled", "", "nobody waits for the task that was cancelled"),
    ("close_error_reaches_reader", "", "what closing raises later is told to the log"),
    ("close_may_wait", "", "its task is cancelled when the stream is left, while it closes its source, too"),
)
