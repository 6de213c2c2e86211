"""Correct, on asyncio, and slow: it looks now and then, and tells the loop's own handler what a sink raises."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.monitoring import Event, Send, Sink

LIBRARY = "asyncio"
NAP = 0.02


class Desk:
    def __init__(self, sink: Sink, size: int) -> None:
        self.sink, self.size = sink, size
        self.held: list[Event] = []
        self.over = False
        self.dropped = 0

    def send(self, event: Event) -> None:
        if len(self.held) < self.size:
            self.held.append(event)
        else:
            self.dropped += 1

    async def wait(self, event: Event) -> None:
        while len(self.held) >= self.size:  # noqa: ASYNC110  it is slow on purpose
            await asyncio.sleep(NAP)
        self.held.append(event)

    async def work(self) -> None:
        while self.held or not self.over:
            if not self.held:
                await asyncio.sleep(NAP)
                continue
            try:
                await self.sink(self.held.pop(0))
            except Exception as error:
                about = {"message": "the sink failed", "exception": error}
                asyncio.get_running_loop().call_exception_handler(about)


@asynccontextmanager
async def dropping(sink: Sink, size: int) -> AsyncIterator[Desk]:
    desk = Desk(sink, size)
    working = asyncio.create_task(desk.work())
    try:
        yield desk
        desk.over = True
        await working
    finally:
        working.cancel()
        await asyncio.wait([working])


@asynccontextmanager
async def waiting(sink: Sink, size: int) -> AsyncIterator[Send]:
    async with dropping(sink, size) as desk:
        yield desk.wait
