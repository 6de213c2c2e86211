"""`asyncio.Queue` and a worker: collect with `wait_for` until the batch is full or the time is up.

Choose it when you want a batcher that every reader of asyncio code recognises: the worker's loop says what it does.
It costs a future and a trip through the queue for every load, and a timer for every load that waits out a window.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class QueueBatcher(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int, max_wait: float) -> None:
        self._call, self._max_size, self._max_wait = call, max_size, max_wait
        self._queue: asyncio.Queue[tuple[Key, asyncio.Future[Value]] | None] = asyncio.Queue()

    async def load(self, key: Key) -> Value:
        answer: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((key, answer))
        return await answer

    def close(self) -> None:
        self._queue.put_nowait(None)

    async def work(self) -> None:
        async with asyncio.TaskGroup() as calls:
            while batch := await self._collect():
                calls.create_task(self._send(batch))

    async def _collect(self) -> list[tuple[Key, asyncio.Future[Value]]]:
        first = await self._queue.get()
        if first is None:
            return []
        batch = [first]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._max_wait
        while len(batch) < self._max_size:
            left = deadline - loop.time()
            try:
                request = await asyncio.wait_for(self._queue.get(), left) if left > 0 else self._queue.get_nowait()
            except (TimeoutError, asyncio.QueueEmpty):
                break
            if request is None:
                self._queue.put_nowait(None)  # for the next round, which is the last
                break
            batch.append(request)
        return batch

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
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[QueueBatcher[Key, Value]]:
    made = QueueBatcher(call, max_size, max_wait)
    worker = asyncio.create_task(made.work())
    try:
        yield made
    finally:
        made.close()
        await worker


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("stop_iteration_isolated", "<3.12.6", "no future takes a StopIteration: github.com/python/cpython/issues/112182"),
    ("failed_block_resolves_all", ">=3.12", "a worker that is cancelled takes the requests it has collected with it"),
)
