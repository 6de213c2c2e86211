"""Asynchronous generators in `contextlib.aclosing`, and an `asyncio.Queue` where they run ahead.

Choose it when you start: a generator is the least code and the least time per item, and is closed with its block.
It costs a block around every loop. A generator has one reader, and is over once that has been interrupted; a deadline
or a task group that it holds reaches into the body of the loop.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from typing import TypeVar

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


def buffered(source: Source[T], size: int) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _merged([source], size)


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return _merged(sources, len(sources))


@asynccontextmanager
async def _merged(sources: Sequence[Source[T]], size: int) -> AsyncIterator[AsyncIterator[T]]:
    async with _ahead(sources, size) as queue, aclosing(_taken(queue)) as stream:
        yield stream


@asynccontextmanager
async def chunked(source: Source[T], size: int, seconds: float) -> AsyncIterator[AsyncIterator[list[T]]]:
    async with _ahead([source], size) as queue, aclosing(_chunks(queue, size, seconds)) as stream:
        yield stream


@asynccontextmanager
async def _ahead(sources: Sequence[Source[T]], size: int) -> AsyncIterator["asyncio.Queue[T | None]"]:
    queue: asyncio.Queue[T | None] = asyncio.Queue(size)

    async def fill(source: Source[T]) -> None:
        async with items(source) as stream:
            async for item in stream:
                await queue.put(item)

    async def fill_all() -> None:
        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(fill(source))
        await queue.put(None)

    async with asyncio.TaskGroup() as group:
        task = group.create_task(fill_all())
        yield queue
        task.cancel()


async def _taken(queue: "asyncio.Queue[T | None]") -> AsyncGenerator[T, None]:
    while (item := await queue.get()) is not None:
        yield item


async def _chunks(queue: "asyncio.Queue[T | None]", size: int, seconds: float) -> AsyncGenerator[list[T], None]:
    item = await queue.get()
    while item is not None:
        chunk = [item]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(chunk) < size and (item := await queue.get()) is not None:
                    chunk.append(item)
        yield chunk
        if item is not None:
            item = await queue.get()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("cancellation_survives_error", "<3.13", "https://github.com/python/cpython/issues/116720"),
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("close_may_wait", "", "its task is cancelled when the stream is left, while it closes its source, too"),
    (
        "items_before_error",
        "",
        "when a source fails the body of the loop is cancelled, and what had been fetched is not read",
    ),
)
