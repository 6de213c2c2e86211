"""`AsyncExitStack` of `@asynccontextmanager`s, and a pool behind an `asyncio.Semaphore`.

Choose it when you write for asyncio and want the standard library: one generator says how a resource is opened and
closed, and the stack closes what was opened, whatever fails.
It costs a generator and two context managers per resource, and a generator per use of the pool. When several closings
fail, or the body and one of them, only the last error can be caught; the others are its context.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]
Lease = Callable[[], AbstractAsyncContextManager[H]]


@asynccontextmanager
async def held(connect: Connect[H]) -> AsyncIterator[H]:
    handle = await connect()
    try:
        yield handle
    finally:
        await handle.aclose()


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(held(connect)) for connect in connects]


@asynccontextmanager
async def pool(connect: Connect[H], size: int) -> AsyncIterator[Lease[H]]:
    places = asyncio.Semaphore(size)
    idle: list[H] = []

    async def another() -> H:
        handle = await connect()
        stack.push_async_callback(handle.aclose)
        return handle

    @asynccontextmanager
    async def lease() -> AsyncIterator[H]:
        async with places:
            handle = idle.pop() if idle else await another()
            try:
                yield handle
            finally:
                idle.append(handle)

    async with AsyncExitStack() as stack:
        yield lease


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("every_error_is_told", "", "the stack raises what was raised last; the rest is its context"),
    (
        "cancellation_survives_failed_closing",
        "",
        "the stack raises what a closing raised, in the place of the cancellation that came before",
    ),
)
