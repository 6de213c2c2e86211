"""A task for each closing, in an `AsyncExitStack`, waited for to its end.

Choose it when a closing must not be cut off even if the cancellation comes while it is under way, and the standard
library must do.
It costs a task per closing, and who cancels waits for as long as closing takes. What is closed is closed by another
task: a task group or a cancel scope inside does not survive that, and a context variable is set in a copy.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def held(connect: Connect[H]) -> AsyncIterator[H]:
    handle = await connect()
    try:
        yield handle
    finally:
        await to_its_end(handle.aclose())


async def to_its_end(closing: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(closing)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled from (None if task.cancelled() else task.exception())
    await task


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(held(connect)) for connect in connects]


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("opened_and_closed_by_its_task", "", "a task of its own closes each"),
    ("every_error_is_told", "", "the stack raises what was raised last; the rest is its context"),
    (
        "cancellation_survives_failed_closing",
        "",
        "the stack raises what a closing raised, in the place of the cancellation that came before",
    ),
)
