"""`AsyncExitStack` whose closings are shielded: `trio.move_on_after(..., shield=True)`.

Choose it when you write for Trio, and closing has something to say that must arrive although its user was cancelled.
It costs a cancel scope and a deadline per closing, and who cancels waits until all have said good-bye, or had the time
for it. When several closings fail only the last error can be caught.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

import trio

GRACE = 10  # seconds for a closing


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
        with trio.move_on_after(GRACE, shield=True):
            await handle.aclose()


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(held(connect)) for connect in connects]


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (("every_error_is_told", "", "the stack raises what was raised last; the rest is its context"),)
