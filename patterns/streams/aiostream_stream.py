"""`aiostream`: streams put together by `pipe.map`, `pipe.chunks` and `stream.merge`.

Choose it when a pipeline of many steps should read like one, and every stream is entered before it can be read.
It costs a generator and a wrapper per step, and in `merge` a task for each item. An error of the loop is thrown into
the source.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from aiostream import pipe, stream, streamcontext

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


async def every(source: Source[T]) -> AsyncIterator[T]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return streamcontext(every(source))


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    stepped: Any = stream.iterate(every(source))
    for step in steps:
        one_by_one: Any = pipe.map(step, task_limit=1)
        stepped = stepped | one_by_one
    return stepped.stream()  # type: ignore[no-any-return]


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return stream.merge(*[every(source) for source in sources]).stream()


def chunked(
    source: Source[T],
    size: int,
    seconds: float,  # noqa: ARG001  it knows no time
) -> AbstractAsyncContextManager[AsyncIterator[list[T]]]:
    chunks: Any = pipe.chunks(size)  # whose type is inferred, or is not, by the order in which modules are looked at
    cut: Any = stream.iterate(every(source)) | chunks
    return cut.stream()  # type: ignore[no-any-return]


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiostream>=0.8.1",)
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("chunk_is_not_late", "", "chunks are cut by their size alone"),
    ("one_task_holds_source", "", "aiostream 0.8.1: merge() fetches each item in a task of its own"),
    ("items_before_error", "", "a chunk that is not full is dropped when the source fails"),
)
