"""`aiostream.stream.chunks`: a stream of requests, cut into batches.

Choose it when the program is built of aiostream pipelines already and a batch is one more stage.
It costs several layers of async generators for every load. `chunks` waits for a full batch or for the end, so a quiet
moment has to be an end, and every burst opens a stream of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from aiostream import stream

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class StreamBatcher(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int, max_wait: float) -> None:
        self._call, self._max_size, self._max_wait = call, max_size, max_wait
        self._queue: asyncio.Queue[tuple[Key, asyncio.Future[Value]] | None] = asyncio.Queue()
        self._closed = False

    async def load(self, key: Key) -> Value:
        answer: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((key, answer))
        return await answer

    def close(self) -> None:
        self._queue.put_nowait(None)

    async def work(self) -> None:
        async with asyncio.TaskGroup() as calls:
            while not self._closed:
                cut: Any = stream.chunks(self._burst(), self._max_size)  # type: ignore[arg-type]  # its type forgets T
                async with cut.stream() as batches:
                    async for batch in batches:
                        calls.create_task(self._send(batch))

    async def _burst(self) -> AsyncIterator[tuple[Key, asyncio.Future[Value]]]:
        request = await self._queue.get()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._max_wait
        while request is not None:
            yield request
            left = deadline - loop.time()
            try:
                request = await asyncio.wait_for(self._queue.get(), left) if left > 0 else self._queue.get_nowait()
            except (TimeoutError, asyncio.QueueEmpty):
                return
        self._closed = True

    async def _send(self, batch: list[tuple[Key, asyncio.Future[Value]]]) -> None:
        try:
            values = await self._call([key for key, _ in batch])
            if len(values) != len(batch):
                raise ValueError(f"{len(batch)} keys were sent, {len(values)} values came back")
            for (_, answer), value in zip(batch, values, strict=True):
                if answer.done():
                    continue  # its caller was cancelled
                if isinstance(value, Exception):
                    answer.set_exception(value)
                else:
                    answer.set_result(value)
        except BaseException as error:  # a cancellation too: whoever waits must hear of it
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[StreamBatcher[Key, Value]]:
    made = StreamBatcher(call, max_size, max_wait)
    worker = asyncio.create_task(made.work())
    try:
        yield made
    finally:
        made.close()
        await worker


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiostream>=0.8.1",)
KNOWN_FAILURES = (
    ("stop_iteration_isolated", "<3.12.6", "no future takes a StopIteration: github.com/python/cpython/issues/112182"),
    ("failed_block_resolves_all", ">=3.12", "a worker that is cancelled takes the requests it has collected with it"),
)
