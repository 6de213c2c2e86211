"""`asyncio_connection_pool.ConnectionPool`: a pool without a lock, which can burst.

Choose it when a pool may have to hold more for a while: with a `burst_limit` it opens further ones under load, and
closes them when they are no longer needed.
It costs a task for each use that does not find one idle, and it cannot be closed: who has the pool closes what it has
opened, as the last lines here do.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

from asyncio_connection_pool import ConnectionPool, ConnectionStrategy


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


class Strategy(ConnectionStrategy[H]):
    def __init__(self, connect: Connect[H], stack: AsyncExitStack) -> None:
        self._connect, self._stack = connect, stack

    async def make_connection(self) -> H:
        handle = await self._connect()
        self._stack.push_async_callback(handle.aclose)
        return handle

    def connection_is_closed(self, conn: H) -> bool:  # noqa: ARG002  none is, before the end
        return False

    async def close_connection(self, conn: H) -> None:
        """Leave it to the end: it is asked to do so only after a burst."""


@asynccontextmanager
async def pool(connect: Connect[H], size: int) -> AsyncIterator[Lease[H]]:
    async with AsyncExitStack() as stack:
        yield ConnectionPool(strategy=Strategy(connect, stack), max_size=size).get_connection


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asyncio-connection-pool>=1.1.1",)
KNOWN_FAILURES = (
    (
        "failed_opening_gives_its_place_back",
        "",
        "1.1.1: who waits for the queue is not woken when an opening fails, and waits for what nobody opens",
    ),
    (
        "cancelled_user_gives_its_place_back",
        "",
        "1.1.1: an opening whose user is cancelled as its task begins, or ends, takes up a place for ever",
    ),
    ("longest_waiter_first", "", "asyncio.Queue: who comes as something is given back overtakes those who wait"),
)
