"""Correct, on Trio: a shield around each closing of a stack, and a parking lot for those who wait."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import trio

from patterns.resources import Connect, Handle, Lease

LIBRARY = "trio"


@asynccontextmanager
async def opened(connects: Sequence[Connect]) -> AsyncIterator[list[Handle]]:
    errors: list[Exception] = []

    async def closing(handle: Handle) -> None:
        with trio.CancelScope(shield=True):
            try:
                await handle.aclose()
            except Exception as error:
                errors.append(error)

    try:
        async with AsyncExitStack() as stack:
            handles = []
            for connect in connects:
                handles.append(handle := await connect())
                stack.push_async_callback(closing, handle)
            yield handles
    except Exception as error:
        if not errors:
            raise
        errors.append(error)
    if errors:
        raise ExceptionGroup("resources failed", errors)


@asynccontextmanager
async def pool(connect: Connect, size: int) -> AsyncIterator[Lease]:
    free = size
    line = trio.lowlevel.ParkingLot()
    idle: list[Handle] = []

    @asynccontextmanager
    async def lease() -> AsyncIterator[Handle]:
        nonlocal free
        if free:
            free -= 1
        else:
            await line.park()
        try:
            handle = idle.pop() if idle else await another()
            try:
                yield handle
            finally:
                idle.append(handle)
        finally:
            if line:
                line.unpark()
            else:
                free += 1

    async def another() -> Handle:
        handle = await connect()
        stack.push_async_callback(handle.aclose)
        return handle

    async with AsyncExitStack() as stack:
        yield lease
