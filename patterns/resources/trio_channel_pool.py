"""A pool in a memory channel of Trio: what is idle, and a place for each that is not open yet.

Choose it when you write for Trio and want its own parts: `trio.open_memory_channel` is the pool, and its line of
waiters.
It costs a generator per use, and two checkpoints. Resources are taken in turn, so that all of them are opened soon,
however few are needed.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

import trio


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


@asynccontextmanager
async def pool(connect: Connect[H], size: int) -> AsyncIterator[Lease[H]]:
    give, take = trio.open_memory_channel[H | None](size)
    for _ in range(size):
        give.send_nowait(None)

    @asynccontextmanager
    async def lease() -> AsyncIterator[H]:
        handle = await take.receive()
        try:
            if handle is None:
                handle = await connect()
                stack.push_async_callback(handle.aclose)
            yield handle
        finally:
            give.send_nowait(handle)

    async with AsyncExitStack() as stack:
        yield lease


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("an_idle_one_is_used_again", "", "a channel hands out what has been idle for longest, so that all are opened"),
)
