"""`aioitertools`: `map` and `more_itertools.chunked` over asynchronous generators.

Choose it when synchronous and asynchronous iterables, functions and coroutine functions are mixed.
It costs a generator and a look at what kind of thing it is per item and step. Only the outermost generator is closed:
those below are left to the garbage collector.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, TypeVar

from aioitertools import builtins
from aioitertools.more_itertools import chunked as grouped

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


async def every(source: Source[T]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return aclosing(every(source))


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    stream: Any = every(source)
    for step in steps:
        stream = builtins.map(step, stream)
    return aclosing(stream)


def chunked(
    source: Source[T],
    size: int,
    seconds: float,  # noqa: ARG001  it knows no time
) -> AbstractAsyncContextManager[AsyncIterator[list[T]]]:
    stream: Any = grouped(every(source), size)
    return aclosing(stream)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aioitertools>=0.13.0",)
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("chunk_is_not_late", "", "chunks are cut by their size alone"),
    (
        "closed_when_left",
        "",
        "aioitertools 0.13.0 closes no iterator that it was given: it is left to the garbage collector",
    ),
    (
        "closed_when_cancelled",
        "",
        "aioitertools 0.13.0 closes no iterator that it was given: it is left to the garbage collector",
    ),
    ("close_error_reaches_reader", "", "what closing raises later is told to the log"),
    ("one_task_holds_source", "", "a generator that was left early is closed by another task"),
    ("items_before_error", "", "a chunk that is not full is dropped when the source fails"),
)
