"""`asyncio.Queue.shutdown`: whoever fills a queue ends it, and readers find what is left.

Choose it when several tasks share one stream on Python 3.13 or later: nothing has to stand for the end in the queue,
and items that came before a failure are read before it is told.
It costs a task per stream, and a trip through the queue per item. What the source raises is told when the block is
left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]

QueueShutDown: Any = getattr(asyncio, "QueueShutDown", None)  # the type checker is told of Python 3.11


class Taken(Generic[T]):
    def __init__(self, queue: "asyncio.Queue[T]") -> None:
        self._queue = queue

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        try:
            return await self._queue.get()
        except QueueShutDown:
            raise StopAsyncIteration from None


@asynccontextmanager
async def _run(sources: Sequence[Source[T]], size: int) -> AsyncIterator[AsyncIterator[T]]:
    queue: Any = asyncio.Queue(size)
    errors: list[Exception] = []
    left = len(sources)

    async def fill(source: Source[T]) -> None:
        nonlocal left
        try:
            async with source() as fetch:
                while (item := await fetch()) is not None:
                    await queue.put(item)
        except QueueShutDown:  # its readers have left
            pass
        except Exception as error:
            errors.append(error)
        finally:
            left -= 1
            if not left or errors:
                queue.shutdown()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fill(source)) for source in sources]
        try:
            yield Taken(queue)
        finally:
            queue.shutdown(immediate=True)
            for task in tasks:
                task.cancel()
    if errors:
        raise ExceptionGroup("sources failed", errors)


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], 1)


def buffered(source: Source[T], size: int) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run([source], size)


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _run(sources, len(sources))


# --- how it fits the contract ---

LIBRARY = "asyncio"
PYTHON = ">=3.13"
KNOWN_FAILURES = (
    ("close_may_wait", "", "its task is cancelled when the stream is left, while it closes its source, too"),
)
