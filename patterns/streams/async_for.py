"""An asynchronous generator in `async for`, and nothing around it.

Choose it when loops run to their end, or when nothing is held that must be closed soon; always prefer `aclosing` else.
It costs nothing but the generator. Whoever breaks off leaves it to the garbage collector: asyncio closes it later, in
another task; Trio complains, and cancels whatever its clean-up waits for.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


async def every(source: Source[T]) -> AsyncIterator[T]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


async def stepped(stream: AsyncIterator[T], step: Step[T]) -> AsyncIterator[T]:
    async for item in stream:
        yield await step(item)


async def grouped(stream: AsyncIterator[T], size: int) -> AsyncIterator[list[T]]:
    chunk = []
    async for item in stream:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


# --- how it fits the contract ---


class _Left(AbstractAsyncContextManager[AsyncIterator[T]]):
    """No block around the loop: what is left of the generator is nobody's."""

    def __init__(self, stream: AsyncIterator[T]) -> None:
        self._stream: AsyncIterator[T] | None = stream

    async def __aenter__(self) -> AsyncIterator[T]:
        stream, self._stream = self._stream, None
        assert stream is not None
        return stream

    async def __aexit__(self, *error: object) -> None:
        pass


def items(source: Source[T]) -> _Left[T]:
    return _Left(every(source))


def mapped(source: Source[T], steps: Sequence[Step[T]]) -> _Left[T]:
    stream = every(source)
    for step in steps:
        stream = stepped(stream, step)
    return _Left(stream)


def chunked(source: Source[T], size: int, seconds: float) -> _Left[list[T]]:  # noqa: ARG001  it knows no time
    return _Left(grouped(every(source), size))


LIBRARY = "any"
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    ("closed_when_left", "", "a loop that ends early leaves the generator to the garbage collector"),
    ("closed_when_cancelled", "", "a loop that ends early leaves the generator to the garbage collector"),
    ("close_error_reaches_reader", "", "what closing raises later is told to the log"),
    ("one_task_holds_source", "", "a generator that was left early is closed by another task"),
    ("chunk_is_not_late", "", "chunks are cut by their size alone"),
    ("items_before_error", "", "a chunk that is not full is dropped when the source fails"),
    ("close_may_wait", "", "Trio cancels whatever a generator waits for when the garbage collector closes it", "trio"),
    ("nothing_complains", "", "Trio warns of a generator that the garbage collector closes", "trio"),
)
