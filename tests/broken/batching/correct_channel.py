"""A correct batcher of another make: a worker that drains a channel, and an event for every load."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import trio

from patterns.batching import Call

LIBRARY = "trio"


class Request:
    def __init__(self, key: Any) -> None:
        self.key = key
        self.value: Any = None
        self.error: BaseException | None = trio.BrokenResourceError("the batcher has ended")
        self.answered = trio.Event()


class ChannelBatcher:
    def __init__(self, call: Call[Any, Any], max_size: int, max_wait: float) -> None:
        self.call, self.max_size, self.max_wait = call, max_size, max_wait
        self.sender, self.receiver = trio.open_memory_channel[Request](math.inf)
        self.waiting: set[Request] = set()

    async def load(self, key: Any) -> Any:
        request = Request(key)
        self.waiting.add(request)
        self.sender.send_nowait(request)
        try:
            await request.answered.wait()
        finally:
            self.waiting.discard(request)
        if request.error is not None:
            raise request.error
        return request.value

    async def work(self) -> None:
        async with trio.open_nursery() as calls:
            async for first in self.receiver:
                batch = [first]
                with suppress(trio.EndOfChannel), trio.move_on_after(self.max_wait):
                    while len(batch) < self.max_size:
                        batch.append(await self.receiver.receive())
                with suppress(trio.EndOfChannel, trio.WouldBlock):
                    while len(batch) < self.max_size:
                        batch.append(self.receiver.receive_nowait())
                calls.start_soon(self.send, batch)

    async def send(self, batch: list[Request]) -> None:
        try:
            values = await self.call([request.key for request in batch])
            for request, value in list(zip(batch, values, strict=True)):
                request.value, request.error = value, value if isinstance(value, Exception) else None
        except trio.Cancelled:
            raise
        except BaseException as error:
            for request in batch:
                request.error = error
        finally:
            for request in batch:
                request.answered.set()

    def give_up(self) -> None:
        for request in self.waiting:
            request.answered.set()


@asynccontextmanager
async def batcher(call: Call[Any, Any], max_size: int, max_wait: float) -> AsyncIterator[ChannelBatcher]:
    made = ChannelBatcher(call, max_size, max_wait)
    try:
        async with trio.open_nursery() as group, made.sender:
            group.start_soon(made.work)
            yield made
    finally:
        made.give_up()
