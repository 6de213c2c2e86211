"""Tick batching, as in DataLoader: `loop.call_soon` sends what one turn of the loop has collected.

Choose it when the loads of a batch are made together, as the resolvers of one query are: nobody waits for a timer.
It costs almost nothing beyond a future for every load. The call inherits the context of the load that came first, so a
call made for many sees one caller's request id, user or transaction.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class TickBatcher(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int) -> None:
        self._call, self._max_size = call, max_size
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Key, asyncio.Future[Value]]] = []
        self._sending: set[asyncio.Task[None]] = set()

    def load(self, key: Key) -> asyncio.Future[Value]:
        answer: asyncio.Future[Value] = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append((key, answer))
        return answer

    async def close(self) -> None:
        self._flush()
        await asyncio.gather(*self._sending)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), self._max_size):
            task = self._loop.create_task(self._send(waiting[start : start + self._max_size]))
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
    ("no_context_bleed", "", "call_soon and create_task copy the context of the caller that happens to be first"),
    ("window_gathers", "", "a batch leaves at the end of the turn, whatever `max_wait` says"),
)


@asynccontextmanager
async def batcher(
    call: Call[Key, Value],
    max_size: int,
    max_wait: float,  # noqa: ARG001  one turn of the loop is the window
) -> AsyncIterator[Batcher[Key, Value]]:
    made = TickBatcher(call, max_size)
    try:
        yield made
    finally:
        await made.close()
