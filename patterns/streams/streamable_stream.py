"""`streamable`: one `stream` object for maps, groups and buffers, whose iterator nobody can close.

Choose it when the same pipeline must run in synchronous code as well, and its loops run to their end.
It costs an object per step and a visitor that puts them together. A loop that ends early leaves what is below to the
garbage collector, and one over a buffer waits for the item under way.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, TypeVar

from streamable import stream

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


async def every(source: Source[T]) -> AsyncIterator[T]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


# --- how it fits the contract ---


class _Left(AbstractAsyncContextManager[AsyncIterator[Any]]):
    """No block around the loop: there is nothing to close."""

    def __init__(self, items: Any) -> None:
        self._items = items

    async def __aenter__(self) -> AsyncIterator[Any]:
        items, self._items = aiter(self._items), None
        return items  # type: ignore[no-any-return]

    async def __aexit__(self, *error: object) -> None:
        pass


def items(source: Source[T]) -> _Left:
    return _Left(stream(every(source)))


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> _Left:
    items: Any = stream(every(source))
    for step in steps:
        items = items.map(step)
    return _Left(items)


def buffered(source: Source[T], size: int) -> _Left:
    return _Left(stream(every(source)).buffer(size))


def chunked(source: Source[T], size: int, seconds: float) -> _Left:
    return _Left(stream(every(source)).group(size, within=timedelta(seconds=seconds)))


LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("streamable>=2.0.0",)
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("closed_when_left", "", "a loop that ends early leaves the generator to the garbage collector"),
    ("closed_when_cancelled", "", "a loop that ends early leaves the generator to the garbage collector"),
    ("close_error_reaches_reader", "", "what closing raises later is told to the log"),
    ("one_task_holds_source", "", "a generator that was left early is closed by another task"),
    (
        "cancelled_reader_is_cancelled",
        "",
        "streamable 2.0.0: a reader of buffer() who is cancelled waits for the item under way, and be it for ever",
    ),
    (
        "source_error_reaches_reader",
        "",
        "streamable 2.0.0: buffer() passes on what is an Exception, and where another one is raised its reader waits",
    ),
    ("cancellation_survives_error", "<3.12", "https://github.com/python/cpython/issues/86296"),
)
