"""`aioitertools.asyncio.as_generated`: a task per generator, and a queue looked at every millisecond.

Choose it when nobody is ever cancelled who reads several sources as one, and an item may be a millisecond late.
It costs a task per source and a timer per look. The queue has no bound, a cancellation is taken for the end, and an
error overtakes the items that came first.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, TypeVar

from aioitertools.asyncio import as_generated

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]


async def every(source: Source[T]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


def merged(sources: Sequence[Source[T]]) -> AbstractAsyncContextManager[AsyncIterator[T]]:
    stream: Any = as_generated([every(source) for source in sources])
    return aclosing(stream)


LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aioitertools>=0.13.0",)
KNOWN_FAILURES = (
    (
        "close_error_reaches_reader",
        "",
        "aioitertools 0.13.0: as_generated() puts what closing raises into a queue that nobody looks at any more",
    ),
    ("items_before_error", "", "aioitertools 0.13.0: as_generated() raises an error before the items that came first"),
    ("cancelled_reader_is_cancelled", "", "aioitertools 0.13.0: as_generated() takes a cancellation for its end"),
    ("cancellation_survives_error", "", "aioitertools 0.13.0: as_generated() takes a cancellation for its end"),
    ("close_may_wait", "", "its task is cancelled when the stream is left, while it closes its source, too"),
)
