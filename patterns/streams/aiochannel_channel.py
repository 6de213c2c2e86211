"""`aiochannel.Channel`: a queue that its producer closes, and that readers find empty, then ended.

Choose it when several tasks share one stream on Python 3.11 or 3.12, where `asyncio.Queue` has no end.
It costs a task per stream, and a trip through the channel per item. What the source raises is told when the block is
left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from aiochannel import Channel, ChannelClosed

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]


@asynccontextmanager
async def _run(sources: Sequence[Source[T]], size: int) -> AsyncIterator[Channel[T]]:
    channel: Channel[T] = Channel(size)
    errors: list[Exception] = []
    left = len(sources)

    async def fill(source: Source[T]) -> None:
        nonlocal left
        try:
            async with source() as fetch:
                while (item := await fetch()) is not None:
                    await channel.put(item)
        except ChannelClosed:  # another source has failed
            pass
        except Exception as error:
            errors.append(error)
        finally:
            left -= 1
            if not left or errors:
                channel.close()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fill(source)) for source in sources]
        try:
            yield channel
        finally:
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
KIND = "package"
REQUIRES = ("aiochannel>=1.4.1",)
KNOWN_FAILURES = (
    (
        "memory_is_given_back",
        "",
        "aiochannel 1.4.1: get() leaves the future of a reader who gave up in a deque, until there is an item",
    ),
    ("close_may_wait", "", "its task is cancelled when the stream is left, while it closes its source, too"),
)
