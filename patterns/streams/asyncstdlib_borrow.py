"""`asyncstdlib.borrow`: steps get a generator that they cannot close, and who has made it does.

Choose it when the same source is read by one step after the other, such as a header and then the rest.
It costs a wrapper per step. What was borrowed ends when its owner closes it, and not when a step does.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from typing import TypeVar

import asyncstdlib

T = TypeVar("T")
Fetch = Callable[[], Awaitable[T | None]]
Source = Callable[[], AbstractAsyncContextManager[Fetch[T]]]
Step = Callable[[T], Awaitable[T]]


async def every(source: Source[T]) -> AsyncGenerator[T, None]:
    async with source() as fetch:
        while (item := await fetch()) is not None:
            yield item


@asynccontextmanager
async def items(source: Source[T]) -> AsyncIterator[AsyncIterator[T]]:
    async with aclosing(every(source)) as stream, aclosing(asyncstdlib.borrow(stream)) as borrowed:
        yield borrowed


@asynccontextmanager
async def mapped(source: Source[T], steps: Sequence[Step[T]]) -> AsyncIterator[AsyncIterator[T]]:
    async with AsyncExitStack() as stack:
        stream: AsyncIterator[T] = await stack.enter_async_context(aclosing(every(source)))
        for step in steps:
            stepped = asyncstdlib.map(step, asyncstdlib.borrow(stream))
            stream = await stack.enter_async_context(asyncstdlib.scoped_iter(stepped))
        yield stream


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "package"
REQUIRES = ("asyncstdlib>=3.14.0",)
KNOWN_FAILURES = (
    ("several_readers", "", "an asynchronous generator has one reader at a time, and says so by a RuntimeError"),
    ("deadline_loses_nothing", "", "an asynchronous generator that is interrupted in its wait has ended"),
    ("deadline_spares_reader", "", "what a generator holds while it yields holds the body of the loop (PEP 789)"),
    (
        "nothing_complains",
        "",
        "asyncstdlib 3.14.0: map() leaves a generator of zip() to the garbage collector, and Trio says so",
        "trio",
    ),
)
