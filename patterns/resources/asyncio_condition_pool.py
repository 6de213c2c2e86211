"""A pool behind an `asyncio.Condition`: whoever gives something back notifies a waiter.

Choose it when a pool has more to decide than who is next, such as how old a connection may be: all of that is looked at
under one lock, as aiomysql and aiopg do.
It costs the lock twice per use, and a turn of the loop for who waits. Who comes in the moment in which a place comes
back may overtake those who wait.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Generic, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


class Pool(Generic[H]):
    def __init__(self, connect: Connect[H], size: int, stack: AsyncExitStack) -> None:
        self._connect, self._stack = connect, stack
        self._changed = asyncio.Condition()
        self._idle: list[H] = []
        self._free = size

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[H]:
        async with self._changed:
            await self._changed.wait_for(lambda: self._free)
            self._free -= 1
        try:
            handle = self._idle.pop() if self._idle else await self._another()
            try:
                yield handle
            finally:
                self._idle.append(handle)
        finally:
            self._free += 1
            async with self._changed:
                self._changed.notify()

    async def _another(self) -> H:
        handle = await self._connect()
        self._stack.push_async_callback(handle.aclose)
        return handle


@asynccontextmanager
async def pool(connect: Connect[H], size: int) -> AsyncIterator[Lease[H]]:
    async with AsyncExitStack() as stack:
        yield Pool(connect, size, stack).lease


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("longest_waiter_first", "", "asyncio.Condition: who comes as something is given back overtakes those who wait"),
)
