"""`aioitertools`: `map`, `chunked` and `as_generated` over asynchronous generators.

Choose it when synchronous and asynchronous iterables, functions and coroutine functions are mixed.
It costs a generator and a look at what kind of thing it is per item and step. `as_generated` looks for items every
millisecond, queues all there are, and takes a cancellation for the end; only the outermost generator is closed.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, TypeVar

from aioitertools import builtins
from aioitertools.asyncio import as_generated
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


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    stream: Any = as_generated([every(source) for source in sources])
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
    ("close_may_wait", "", "its task is cancelled when the stream is left, while it closes its source, too"),
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
    ("items_before_error", "", "aioitertools 0.13.0: as_generated() raises an error before the items that came first"),
    ("cancelled_reader_is_cancelled", "", "aioitertools 0.13.0: as_generated() takes a cancellation for its end"),
    ("cancellation_survives_error", "", "aioitertools 0.13.0: as_generated() takes a cancellation for its end"),
)
