"""Correct, on asyncio: a pool that is a task, which is asked for resources, and answers those who ask in a row."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.resources import Connect, Handle, Lease

LIBRARY = "asyncio"


class Owner:
    def __init__(self, connect: Connect, size: int) -> None:
        self.connect = connect
        self.size = size
        self.requests: list[asyncio.Future[None]] = []
        self.asked = asyncio.Event()
        self.places: asyncio.Queue[None] = asyncio.Queue()
        self.spare: list[Handle] = []
        self.open: list[Handle] = []

    async def serve(self) -> None:
        for _ in range(self.size):
            self.places.put_nowait(None)
        while True:
            await self.places.get()
            while not self.requests:
                self.asked.clear()
                await self.asked.wait()
            request = self.requests.pop(0)
            if request.done():
                self.places.put_nowait(None)
            else:
                request.set_result(None)

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[Handle]:
        request = asyncio.get_running_loop().create_future()
        self.requests.append(request)
        self.asked.set()
        try:
            await request
        except asyncio.CancelledError:
            if request in self.requests:
                self.requests.remove(request)
            elif not request.cancelled():
                self.places.put_nowait(None)
            raise
        try:
            handle = self.spare.pop() if self.spare else await self.another()
            try:
                yield handle
            finally:
                self.spare.append(handle)
        finally:
            self.places.put_nowait(None)

    async def another(self) -> Handle:
        handle = await self.connect()
        self.open.append(handle)
        return handle


@asynccontextmanager
async def pool(connect: Connect, size: int) -> AsyncIterator[Lease]:
    owner = Owner(connect, size)
    serving = asyncio.create_task(owner.serve())
    try:
        yield owner.lease
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        for handle in owner.open:
            await handle.aclose()
