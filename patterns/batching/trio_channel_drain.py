"""Trio memory channel: a worker receives one request, then takes whatever else is there.

Choose it when the program runs on Trio and you want a batcher whose loop says what it does.
It costs an event and a trip through the channel for every load, and a task for every batch.
"""

import math
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

import trio

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class Request(Generic[Key, Value]):
    def __init__(self, key: Key) -> None:
        self.key = key
        self.answered = trio.Event()
        self.value: Value
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.answered.set()


class ChannelBatcher(Generic[Key, Value]):
    def __init__(self, requests: trio.MemorySendChannel[Request[Key, Value]]) -> None:
        self._requests = requests

    async def load(self, key: Key) -> Value:
        request: Request[Key, Value] = Request(key)
        self._requests.send_nowait(request)
        await request.answered.wait()
        if request.error is not None:
            raise request.error
        return request.value


async def send(call: Call[Key, Value], batch: list[Request[Key, Value]]) -> None:
    try:
        values = await call([request.key for request in batch])
        if len(values) != len(batch):
            raise ValueError(f"{len(batch)} keys were sent, {len(values)} values came back")
    except trio.Cancelled:
        for request in batch:
            request.fail(trio.BrokenResourceError("the call was cancelled"))
        raise
    except BaseException as error:  # whoever waits must hear of it, and raises it
        for request in batch:
            request.fail(error)
    else:
        for request, value in zip(batch, values, strict=True):
            if isinstance(value, Exception):
                request.fail(value)
            else:
                request.value = value
                request.answered.set()


async def work(
    requests: trio.MemoryReceiveChannel[Request[Key, Value]], call: Call[Key, Value], max_size: int, max_wait: float
) -> None:
    async with requests, trio.open_nursery() as calls:
        async for first in requests:
            batch = [first]
            with suppress(trio.WouldBlock, trio.EndOfChannel):
                while len(batch) < max_size:
                    batch.append(requests.receive_nowait())
            if max_wait > 0:
                with trio.move_on_after(max_wait), suppress(trio.EndOfChannel):
                    while len(batch) < max_size:
                        batch.append(await requests.receive())
            calls.start_soon(send, call, batch)


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[ChannelBatcher[Key, Value]]:
    sender, receiver = trio.open_memory_channel[Request[Key, Value]](math.inf)
    async with trio.open_nursery() as group, sender:
        group.start_soon(work, receiver, call, max_size, max_wait)
        yield ChannelBatcher(sender)


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("failed_block_resolves_all", "", "a worker that is cancelled takes the requests it has collected with it"),
)
