"""A trap: a pool in an `asyncio.Queue`, without a `finally` where something is given back.

Choose it when no user can fail, and none is ever cancelled.
It costs a place for each user that does: nobody gives it back, and in the end everybody waits.
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
    idle: asyncio.Queue[H] = asyncio.Queue()
    missing = size

    @asynccontextmanager
    async def lease() -> AsyncIterator[H]:
        nonlocal missing
        if missing and idle.empty():
            missing -= 1
            handle = await connect()
            stack.push_async_callback(handle.aclose)
        else:
            handle = await idle.get()
        yield handle
        idle.put_nowait(handle)

    async with AsyncExitStack() as stack:
        yield lease


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("failed_use_gives_its_place_back", "", "what a failing user had is not put back"),
    ("failed_opening_gives_its_place_back", "", "an opening that fails has taken a place, and nobody gives it back"),
    ("cancelled_user_gives_its_place_back", "", "what a cancelled user had is not put back"),
    ("longest_waiter_first", "", "asyncio.Queue: who comes as something is given back overtakes those who wait"),
)
