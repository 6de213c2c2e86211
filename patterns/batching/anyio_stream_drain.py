"""AnyIO memory stream: a worker receives one request, then takes whatever else is there.

Choose it when the code must run on asyncio and Trio alike and the program already speaks AnyIO.
It costs an event and a trip through the stream for every load, and a task for every batch.
"""

import math
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class Request(Generic[Key, Value]):
    def __init__(self, key: Key) -> None:
        self.key = key
        self.answered = anyio.Event()
        self.value: Value
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.answered.set()


class StreamBatcher(Generic[Key, Value]):
    def __init__(self, requests: MemoryObjectSendStream[Request[Key, Value]]) -> None:
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
    except anyio.get_cancelled_exc_class():
        for request in batch:
            request.fail(anyio.BrokenResourceError("the call was cancelled"))
        if anyio.get_current_task().has_pending_cancellation():
            raise  # else it was cancelled downstream, and raising would end the whole group
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
    requests: MemoryObjectReceiveStream[Request[Key, Value]], call: Call[Key, Value], max_size: int, max_wait: float
) -> None:
    async with requests, anyio.create_task_group() as calls:
        async for first in requests:
            batch = [first]
            with suppress(anyio.WouldBlock, anyio.EndOfStream):
                while len(batch) < max_size:
                    batch.append(requests.receive_nowait())
            if max_wait > 0:
                with anyio.move_on_after(max_wait), suppress(anyio.EndOfStream):
                    while len(batch) < max_size:
                        batch.append(await requests.receive())
            calls.start_soon(send, call, batch)


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[StreamBatcher[Key, Value]]:
    sender, receiver = anyio.create_memory_object_stream[Request[Key, Value]](math.inf)
    async with anyio.create_task_group() as group, sender:
        group.start_soon(work, receiver, call, max_size, max_wait)
        yield StreamBatcher(sender)


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16",)
KNOWN_FAILURES = (
    ("failed_block_resolves_all", "", "a worker that is cancelled takes the requests it has collected with it"),
)
