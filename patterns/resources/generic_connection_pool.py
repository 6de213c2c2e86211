"""`generic_connection_pool`: a pool for many endpoints, with limits per endpoint and in all.

Choose it when one pool serves many addresses, and connections must be closed that were idle, or in use, for too long.
It costs several locks and conditions per use, a task that looks for what is idle, and more time than all others here.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

from generic_connection_pool.asyncio import BaseConnectionManager, ConnectionPool


class Closable(Hashable, Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]

ENDPOINT = "the only one"


class Manager(BaseConnectionManager[str, H]):
    def __init__(self, connect: Connect[H]) -> None:
        self._connect = connect
        self.open: set[H] = set()

    async def create(self, endpoint: str) -> H:  # noqa: ARG002  there is one
        self.open.add(handle := await self._connect())
        return handle

    async def dispose(self, endpoint: str, conn: H) -> None:  # noqa: ARG002  there is one
        self.open.discard(conn)
        await conn.aclose()


@asynccontextmanager
async def pool(connect: Connect[H], size: int) -> AsyncIterator[Lease[H]]:
    manager = Manager(connect)
    connections = ConnectionPool(manager, max_size=size, total_max_size=size)
    async with AsyncExitStack() as stack:
        try:
            yield lambda: connections.connection(ENDPOINT)
        finally:  # its own close() spins for ever once a user was cancelled as it opened one
            for handle in manager.open:
                stack.push_async_callback(handle.aclose)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("generic-connection-pool>=0.8.1",)
KNOWN_FAILURES = (
    (
        "cancelled_user_gives_its_place_back",
        "",
        "0.8.1: an opening that is cancelled keeps its place: only what is an Exception gives it back",
    ),
    ("longest_waiter_first", "", "asyncio.Condition: who comes as something is given back overtakes those who wait"),
)
