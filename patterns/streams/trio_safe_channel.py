"""`trio.as_safe_channel`: an asynchronous generator in a task of its own, read through a channel.

Choose it when a generator holds a deadline or a nursery while it yields, or must be closed with its block.
It costs a nursery and a task per stream, and for each item a semaphore and two switches of tasks. A generator that is
left early is cancelled, so that whatever its clean-up waits for needs a shield.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import trio

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


@trio.as_safe_channel
async def items(source: Source[T]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


@trio.as_safe_channel
async def _stepped(before: AbstractAsyncContextManager[AsyncIterator[T]], step: Step[T]) -> AsyncGenerator[T, None]:
    async with before as stream:
        async for item in stream:
            yield await step(item)


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    stream: AbstractAsyncContextManager[AsyncIterator[T]] = items(source)
    for step in steps:
        stream = _stepped(stream, step)
    return stream


@trio.as_safe_channel
async def merged(sources: Sequence[Source[T]]) -> AsyncGenerator[T, None]:
    sending, receiving = trio.open_memory_channel[T](0)

    async def fill(source: Source[T], out: trio.MemorySendChannel[T]) -> None:
        with out:
            async with items(source) as stream:
                async for item in stream:
                    await out.send(item)

    async with trio.open_nursery() as nursery:
        with sending:
            for source in sources:
                nursery.start_soon(fill, source, sending.clone())
        async for item in receiving:
            yield item


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("close_may_wait", "", "its task is cancelled when the stream is left, and then at every wait of its closing"),
    (
        "deadline_spares_reader",
        "",
        "trio 0.35.0: a deadline that passes while its generator waits to be asked ends the body of the loop",
    ),
)
