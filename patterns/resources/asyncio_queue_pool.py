"""A pool in an `asyncio.LifoQueue`: what is idle, and a place for each that is not open yet.

Choose it when you write for asyncio and want the standard library: the queue is the pool, and its line of waiters.
It costs a generator per use. Who comes in the moment in which a place comes back may overtake those who wait.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


@asynccontextmanager
async def pool(connect: Connect[H], size: int) -> AsyncIterator[Lease[H]]:
    places: asyncio.LifoQueue[H | None] = asyncio.LifoQueue()
    for _ in range(size):
        places.put_nowait(None)

    @asynccontextmanager
    async def lease() -> AsyncIterator[H]:
        handle = await places.get()
        try:
            if handle is None:
                handle = await connect()
                stack.push_async_callback(handle.aclose)
            yield handle
        finally:
            places.put_nowait(handle)

    async with AsyncExitStack() as stack:
        yield lease


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("longest_waiter_first", "", "asyncio.Queue: who comes as something is given back overtakes those who wait"),
)
