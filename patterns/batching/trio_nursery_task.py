"""A nursery task for every batch: the first load starts it, it waits for company and makes the call.

Choose it when the program runs on Trio, a batch may wait for company, and context variables mean nothing downstream.
It costs a task for every batch and an event for every load. The task inherits the context of the load that started it,
so a call made for many sees one caller's request id, user or transaction.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
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


class NurseryBatcher(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int, max_wait: float, nursery: trio.Nursery) -> None:
        self._call, self._max_size, self._max_wait = call, max_size, max_wait
        self._nursery = nursery
        self._batch: list[Request[Key, Value]] = []
        self._leave = trio.Event()

    async def load(self, key: Key) -> Value:
        request: Request[Key, Value] = Request(key)
        self._batch.append(request)
        if len(self._batch) == 1:
            self._nursery.start_soon(self._wait_and_send, self._batch, self._leave)
        if len(self._batch) >= self._max_size:
            self.flush()
        await request.answered.wait()
        if request.error is not None:
            raise request.error
        return request.value

    def flush(self) -> None:
        self._leave.set()
        self._batch, self._leave = [], trio.Event()

    async def _wait_and_send(self, batch: list[Request[Key, Value]], leave: trio.Event) -> None:
        with trio.move_on_after(self._max_wait):
            await leave.wait()
        if batch is self._batch:
            self.flush()
        try:
            values = await self._call([request.key for request in batch])
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


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[NurseryBatcher[Key, Value]]:
    async with trio.open_nursery() as nursery:
        made = NurseryBatcher(call, max_size, max_wait, nursery)
        yield made
        made.flush()


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("failed_block_resolves_all", "", "a task that is cancelled in its window never answers its requests"),
    ("no_context_bleed", "", "start_soon copies the context of the caller that happens to be first"),
)
