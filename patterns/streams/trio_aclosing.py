"""Asynchronous generators in `contextlib.aclosing`, and a memory channel where they run ahead.

Choose it when you start: a generator is the least code and the least time per item, and is closed with its block.
It costs a block around every loop. A generator has one reader, and is over once that has been interrupted; a deadline
or a nursery that it holds reaches into the body of the loop.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import TypeVar

import trio

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


async def _items(source: Source[T]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


async def _mapped(stream: AsyncGenerator[T, None], step: Step[T]) -> AsyncGenerator[T, None]:
    async with aclosing(stream):
        async for item in stream:
            yield await step(item)


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return aclosing(_items(source))


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    stream = _items(source)
    for step in steps:
        stream = _mapped(stream, step)
    return aclosing(stream)


@asynccontextmanager
async def _ahead(sources: Sequence[Source[T]], size: int) -> AsyncIterator[trio.MemoryReceiveChannel[T]]:
    sending, receiving = trio.open_memory_channel[T](size)

    async def fill(source: Source[T], out: trio.MemorySendChannel[T]) -> None:
        with out:  # not async: an error must leave without another wait
            async with items(source) as stream:
                async for item in stream:
                    await out.send(item)

    async with trio.open_nursery() as nursery:
        with sending:
            for source in sources:
                nursery.start_soon(fill, source, sending.clone())
        yield receiving
        nursery.cancel_scope.cancel()


def buffered(source: Source[T], size: int) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _ahead([source], size)


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _ahead(sources, len(sources))


@asynccontextmanager
async def chunked(source: Source[T], size: int, seconds: float) -> AsyncIterator[AsyncIterator[list[T]]]:
    async with _ahead([source], size) as receiving, aclosing(_chunks(receiving, size, seconds)) as stream:
        yield stream


async def _chunks(receiving: trio.MemoryReceiveChannel[T], size: int, seconds: float) -> AsyncGenerator[list[T], None]:
    async for item in receiving:
        chunk = [item]
        with trio.move_on_after(seconds):
            while len(chunk) < size:
                try:
                    chunk.append(await receiving.receive())
                except trio.EndOfChannel:
                    break
        yield chunk


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("close_may_wait", "", "its task is cancelled when the stream is left, and then at every wait of its closing"),
    (
        "items_before_error",
        "",
        "when a source fails the body of the loop is cancelled, and what had been fetched is not read",
    ),
)
