"""`anyio.AsyncContextManagerMixin`: a class that is entered and left by one generator.

Choose it when one code base must run on asyncio and Trio, and a class holds what must be left in order, such as a task
group: both ends stand in one method, with a `try` around what lies between.
It costs a generator per block, and the mixin's checks. When its user is cancelled by AnyIO, or on Trio, a closing is,
too, at every wait. A stack of it raises only the last error.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Generic, Protocol, TypeVar

import anyio


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


class Opened(anyio.AsyncContextManagerMixin, Generic[H]):
    def __init__(self, connects: Sequence[Connect[H]]) -> None:
        self.connects = connects
        self.handles: list[H] = []

    @asynccontextmanager
    async def __asynccontextmanager__(self) -> AsyncIterator[list[H]]:
        async with AsyncExitStack() as stack:
            for connect in self.connects:
                handle = await connect()
                stack.push_async_callback(handle.aclose)
                self.handles.append(handle)
            yield self.handles


class Pool(anyio.AsyncContextManagerMixin, Generic[H]):
    def __init__(self, connect: Connect[H], size: int) -> None:
        self._connect = connect
        self._places = anyio.Semaphore(size)
        self._idle: list[H] = []

    @asynccontextmanager
    async def __asynccontextmanager__(self) -> AsyncIterator[Lease[H]]:
        async with AsyncExitStack() as self._stack:
            yield self.lease

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[H]:
        async with self._places:
            handle = self._idle.pop() if self._idle else await self._another()
            try:
                yield handle
            finally:
                self._idle.append(handle)

    async def _another(self) -> H:
        handle = await self._connect()
        self._stack.push_async_callback(handle.aclose)
        return handle


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("farewell_when_cancelled", "", "a closing is cancelled with its user, at every wait", "trio"),
    ("every_error_is_told", "", "the stack raises what was raised last; the rest is its context"),
    (
        "cancellation_survives_failed_closing",
        "",
        "the stack raises what a closing raised, in the place of the cancellation that came before",
        "[!t]*",
    ),
)

opened = Opened
pool = Pool
