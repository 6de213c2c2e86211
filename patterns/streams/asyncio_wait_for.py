"""Chunks cut by time with `asyncio.wait_for(anext(generator), seconds)`.

Choose it when no item is ever late, and then you need no time; ask a queue with a deadline instead.
It costs a deadline per item. What `wait_for` gives up it cancels, and a generator that is cancelled in its wait has
ended: the first late item ends the stream as if there were no more.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TypeVar

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]


async def _items(source: Source[T]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


async def _chunks(source: Source[T], size: int, seconds: float) -> AsyncGenerator[list[T], None]:
    loop = asyncio.get_running_loop()
    async with aclosing(_items(source)) as stream:
        async for item in stream:
            chunk, deadline = [item], loop.time() + seconds
            while len(chunk) < size:
                try:
                    chunk.append(await asyncio.wait_for(anext(stream), deadline - loop.time()))
                except (TimeoutError, StopAsyncIteration):
                    break
            yield chunk


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return aclosing(_items(source))


def chunked(source: Source[T], size: int, seconds: float) -> AbstractAsyncContextManager[AsyncIterator[list[T]]]:
    return aclosing(_chunks(source, size, seconds))


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("cancelled_reader_is_cancelled", "<3.12", "https://github.com/python/cpython/issues/86296"),
    ("cancellation_survives_error", "<3.12", "https://github.com/python/cpython/issues/86296"),
    ("one_task_holds_source", "<3.12", "wait_for() has each item fetched by a task of its own"),
    ("chunks_lose_nothing", "", "wait_for() cancels the generator that it waits for, which ends the stream"),
    ("items_before_error", "", "a chunk that is not full is dropped when the source fails"),
)
