"""Correct, and in another style: one block inside the other, and a pool that is a stream of places."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import anyio

from patterns.resources import Connect, Handle, Lease

LIBRARY = "anyio"


@asynccontextmanager
async def opened(connects: Sequence[Connect]) -> AsyncIterator[list[Handle]]:
    failures: list[BaseException] = []
    cancelled: list[BaseException] = []
    try:
        async with nested(list(connects), failures, cancelled) as handles:
            yield handles
    except anyio.get_cancelled_exc_class():
        raise
    except BaseException as error:
        if failures and not cancelled:
            raise BaseExceptionGroup("resources failed", [error, *failures]) from None
        if not cancelled:
            raise
    if cancelled:
        raise cancelled[0]
    if failures:
        raise BaseExceptionGroup("resources failed", failures)


@asynccontextmanager
async def nested(
    connects: list[Connect], failures: list[BaseException], cancelled: list[BaseException]
) -> AsyncIterator[list[Handle]]:
    if not connects:
        yield []
        return
    handle = await connects[0]()
    try:
        async with nested(connects[1:], failures, cancelled) as others:
            yield [handle, *others]
    finally:
        try:
            with anyio.CancelScope(shield=True):
                await handle.aclose()
        except anyio.get_cancelled_exc_class() as another:  # asyncio's own
            cancelled.append(another)
        except BaseException as failure:
            failures.append(failure)


@asynccontextmanager
async def pool(connect: Connect, size: int) -> AsyncIterator[Lease]:
    places = anyio.Semaphore(size)
    idle: list[Handle] = []

    @asynccontextmanager
    async def lease() -> AsyncIterator[Handle]:
        async with places:
            handle = idle.pop(0) if idle else None
            if handle is None:
                handle = await connect()
                stack.push_async_callback(handle.aclose)
            try:
                yield handle
            finally:
                idle.insert(0, handle)

    async with AsyncExitStack() as stack:
        yield lease
