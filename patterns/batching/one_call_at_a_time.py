"""Group commit: one call at a time, and what arrives meanwhile makes the next batch.

Choose it when downstream takes one call at a time anyway, such as one database connection: batches grow with the load,
and there is no window to tune.
It costs waiting: whoever asks while a call is under way waits for that call first, and then for its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class GroupCommit(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int) -> None:
        self._call, self._max_size = call, max_size
        self._waiting: list[tuple[Key, asyncio.Future[Value]]] = []
        self._wanted = asyncio.Event()
        self._closing = False

    async def load(self, key: Key) -> Value:
        answer: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, answer))
        self._wanted.set()
        return await answer

    def close(self) -> None:
        self._closing = True
        self._wanted.set()

    async def work(self) -> None:
        while self._waiting or not self._closing:
            await self._wanted.wait()
            batch = self._waiting[: self._max_size]
            del self._waiting[: self._max_size]
            if batch:
                await self._send(batch)
            if not self._waiting and not self._closing:
                self._wanted.clear()

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
            if (worker := asyncio.current_task()) and worker.cancelling():
                raise


@asynccontextmanager
async def batcher(
    call: Call[Key, Value],
    max_size: int,
    max_wait: float,  # noqa: ARG001  the call under way is the window
) -> AsyncIterator[GroupCommit[Key, Value]]:
    made = GroupCommit(call, max_size)
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
    (
        "base_exception_resolves_all",
        "",
        "a call that cancels its own task cancels the worker, and nobody sends the rest",
    ),
    ("failed_block_resolves_all", "", "when the worker is cancelled, nobody sends what still waits in the list"),
    ("nothing_piles_up", "", "while a call hangs, the entries of cancelled callers stay in the list"),
    ("call_holds_nobody_up", "", "one batch at a time: a slow call holds up everybody who asks after it"),
    ("window_gathers", "", "a batch leaves when the call before it has come back, whatever `max_wait` says"),
)
