"""Correct, on Trio: a channel of places, and a nursery that closes all of the pool at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from patterns.resources import Connect, Handle, Lease

LIBRARY = "trio"


@asynccontextmanager
async def pool(connect: Connect, size: int) -> AsyncIterator[Lease]:
    give, take = trio.open_memory_channel[Handle | None](size)
    spare: list[Handle] = []
    opened: list[Handle] = []
    for _ in range(size):
        give.send_nowait(None)

    @asynccontextmanager
    async def lease() -> AsyncIterator[Handle]:
        await take.receive()
        try:
            if not spare:
                handle = await connect()
                opened.append(handle)
                spare.append(handle)
            handle = spare.pop(0)
            try:
                yield handle
            finally:
                spare.append(handle)
        finally:
            give.send_nowait(None)

    try:
        yield lease
    finally:
        with trio.CancelScope(shield=True):
            async with trio.open_nursery() as nursery:
                for handle in opened:
                    nursery.start_soon(handle.aclose)
