"""Produce items one after the other, and stop cleanly.

A source is opened, asked for one item after the other, and closed: the cursor of a database, a subscription, the pages
of a service. It is a function that gives a context manager: ``async with source() as fetch:``, and ``await fetch()`` is
its next item, or None at its end. A stream gives these items to a loop, which may end before they do::

    async with items(source) as stream:
        async for item in stream:
            ...

Everybody relies on these: who breaks one is unsafe, however fast.

- Each item of a source is given once, in its order, and the loop ends with it. A source is opened once, and asked for
  one item at a time. ``mapped`` gives what the steps make of an item, each applied to what the one before has made.
- ``buffered`` has never fetched more than ``size`` items, and the one under way, that the loop has not asked for.
- ``merged`` gives what any of its sources has, while others have nothing.
- ``chunked`` gives chunks of ``size`` items, the last one shorter, and others only because of ``seconds``; an item is
  never lost because a chunk was cut.
- What opening, asking or a step raises, and what the loop raises, reaches the reader, bare, in an ``ExceptionGroup`` or
  as the cause of another error.
- However a stream is left, its source is closed in the end, a few turns later at the latest, and never asked again.
- A cancelled reader is cancelled.
- An item may take an hour. Nothing is left behind, nothing complains, and a stream never holds up the loop.

Most programs need this, so that it is ticked until a reader unticks it. My program ...

- closes what a stream has used, or uses it again, once it has left it (``prompt``): when the block is left, by its end,
  by a break, by an error or because its task is cancelled, its source has been closed, and what closing has raised is
  known. ``async for`` alone closes when it is collected, and competes for who can live with that.

Some need these, and tick them. My program ...

- uses every item that came before a failure (``all-before``): the error is raised where the next item would have been.
- asks for items from several tasks, or again after a deadline (``shared``): each item of ``items`` goes to one of those
  who ask, and is still there after somebody has given up, of whose wait nothing is kept. An asynchronous generator has
  one reader, and has ended once that is interrupted.
- has sources that hold a deadline or a task group while they are open (``scoped``): one and the same task opens a
  source, asks and closes it, and when its deadline passes the body of the loop is not what is cancelled.
- leaves sources early whose closing waits without a shield (``long-close``): where nobody was cancelled closing is not,
  either. A source that is stopped by cancelling its task cannot wait any more on Trio and AnyIO.
- must not wait for what is there, or could be (``timely``): ``buffered`` fetches while the loop is busy, and a chunk
  that is not full is given ``seconds`` after its first item has come.
- handles errors of sources and goes on, though it may be cancelled meanwhile (``recovery``): it still learns of a
  cancellation, and nothing cancels a reader that nobody cancelled.

Nobody is held to, but it is disclosed: whether ``items`` asks a source before somebody asks for an item, and whether an
error comes as it was raised or as the cause of another. Nor to: whether a source is opened before the first item is
wanted; whether steps run in the task of the reader; what happens to a stream that is used after its block. ``size`` is
at least one, and an item is never None.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

GROUP = "put together"
NEIGHBOURS = (
    ("batching", "collect what many callers ask for, and answer each of them"),
    ("fan_out", "run many jobs at once and collect their results"),
    ("callbacks", "give every event to several handlers"),
    ("lifecycle", "hold what runs beside the program and gives no items"),
)
NEEDS = (
    ("prompt", "closes what a stream has used, or uses it again, once it has left it", True),
    ("all-before", "uses every item that came before a failure", False),
    ("shared", "asks for items from several tasks, or again after a deadline", False),
    ("scoped", "has sources that hold a deadline or a task group while they are open", False),
    ("long-close", "leaves sources early whose closing waits without a shield", False),
    ("timely", "must not wait for what is there, or could be", False),
    ("recovery", "handles errors of sources and goes on, though it may be cancelled meanwhile", False),
)

T = TypeVar("T")

Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]
Stream = AbstractAsyncContextManager[AsyncIterator[T]]


class Family(Protocol):
    """What a module of this family may define; each function is optional."""

    def items(self, source: Source[T]) -> Stream[T]:
        """The items of a source."""

    def mapped(self, source: Source[T], steps: Sequence[Step[T]]) -> Stream[T]:
        """What the steps make of each item of a source."""

    def buffered(self, source: Source[T], size: int) -> Stream[T]:
        """The items of a source, up to ``size`` of which are fetched ahead."""

    def merged(self, sources: Sequence[Source[T]]) -> Stream[T]:
        """The items of several sources, as they come."""

    def chunked(self, source: Source[T], size: int, seconds: float) -> Stream[Sequence[T]]:
        """Chunks of so many items, or of those that came within so many seconds."""
