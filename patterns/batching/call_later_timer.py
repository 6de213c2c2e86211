"""`loop.call_later`: the first load of a batch starts a timer, a full batch does not wait for it.

Choose it when a batch may wait a few milliseconds for company, and context variables mean nothing downstream.
It costs one timer for every batch. Timers and tasks inherit the context of the load that started them, so a call made
for many sees one caller's request id, user or transaction.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class TimerBatcher(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int, max_wait: float) -> None:
        self._call, self._max_size, self._max_wait = call, max_size, max_wait
        self._waiting: list[tuple[Key, asyncio.Future[Value]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def load(self, key: Key) -> Value:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Value] = loop.create_future()
        self._waiting.append((key, answer))
        if len(self._waiting) >= self._max_size:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(self._max_wait, self._flush)
        return await answer

    async def close(self) -> None:
        if self._waiting:
            self._flush()
        await asyncio.gather(*self._sending)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        task = asyncio.create_task(self._send(batch))
        self._sending.add(task)  # the loop itself keeps only a weak reference
        task.add_done_callback(self._sending.discard)

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


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.batching import Batcher

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("stop_iteration_isolated", "<3.12.6", "no future takes a StopIteration: github.com/python/cpython/issues/112182"),
    (
        "failed_block_resolves_all",
        "",
        "a task that is cancelled before its first step never tells its callers",
        "asyncio",
    ),
    (
        "failed_block_resolves_all",
        "",
        "a task that is cancelled before its first step never tells its callers",
        "uvloop",
    ),
    ("no_context_bleed", "", "call_later and create_task copy the context of the caller that happens to be first"),
)


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[Batcher[Key, Value]]:
    made = TimerBatcher(call, max_size, max_wait)
    try:
        yield made
    finally:
        await made.close()
