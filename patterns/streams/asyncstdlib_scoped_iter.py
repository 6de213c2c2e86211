"""`asyncstdlib`: `map` and `batched` over generators, whose `scoped_iter` closes them all the way up.

Choose it when a library must run on every loop: it knows none, and its iterators close what they have been given.
It costs a generator and a scope per step, and a wrapper around each function.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

import asyncstdlib

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


async def every(source: Source[T]) -> AsyncIterator[T]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


def items(source: Source[T]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    return asyncstdlib.scoped_iter(every(source))


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    stream: AsyncIterator[T] = every(source)
    for step in steps:
        stream = asyncstdlib.map(step, stream)
    return asyncstdlib.scoped_iter(stream)


def chunked(
    source: Source[T],
    size: int,
    seconds: float,  # noqa: ARG001  it knows no time
) -> AbstractAsyncContextManager[AsyncIterator[tuple[T, ...]]]:
    return asyncstdlib.scoped_iter(asyncstdlib.batched(every(source), size))


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "package"
REQUIRES = ("asyncstdlib>=3.14.0",)
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("chunk_is_not_late", "", "chunks are cut by their size alone"),
    ("items_before_error", "", "a chunk that is not full is dropped when the source fails"),
    (
        "nothing_complains",
        "",
        "asyncstdlib 3.14.0: map() leaves a generator of zip() to the garbage collector, and Trio says so",
        "trio",
    ),
)
