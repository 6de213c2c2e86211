"""Loopmark's batcher for asyncio: a future for every caller, one callback and one task for every batch.

Choose it when the program runs on asyncio or uvloop: equal keys travel once, yet every caller has a future of its own;
`load` is a plain function, so that `gather` over many loads makes no tasks.
It costs a dictionary entry for every key. A call sees the context in which the batcher was opened, never a caller's.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class Batch(Generic[Key, Value]):
    __slots__ = ("firsts", "repeats")

    def __init__(self) -> None:
        self.firsts: dict[Key, asyncio.Future[Value]] = {}
        self.repeats: list[tuple[Key, asyncio.Future[Value]]] = []

    def answer(self, values: Sequence[Value | Exception]) -> None:
        firsts, repeats = self.firsts, self.repeats
        if len(values) != len(firsts):
            raise ValueError(f"{len(firsts)} keys were sent, {len(values)} values came back")
        pairs: Iterable[tuple[asyncio.Future[Value], Value | Exception]] = zip(firsts.values(), values, strict=True)
        if repeats:
            by_key = dict(zip(firsts, values, strict=True))
            pairs = chain(pairs, [(answer, by_key[key]) for key, answer in repeats])
        for answer, value in pairs:
            if answer.done():
                continue  # its caller was cancelled
            if not isinstance(value, Exception):
                answer.set_result(value)
            elif isinstance(value, StopIteration):  # neither a coroutine nor, before 3.12.6, a future can raise it
                answer.set_exception(RuntimeError("StopIteration came in place of a value"))
            else:
                answer.set_exception(value)

    def fail(self, error: BaseException) -> None:
        for answer in chain(self.firsts.values(), [answer for _, answer in self.repeats]):
            if not answer.done():
                answer.set_exception(error)


class OwnBatcher(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int, max_wait: float) -> None:
        self._call, self._max_size, self._max_wait = call, max_size, max_wait
        self._loop = asyncio.get_running_loop()
        self._context = contextvars.copy_context()
        self._batch: Batch[Key, Value] = Batch()
        self._timer: asyncio.Handle | None = None
        self._under_way: dict[asyncio.Task[None], Batch[Key, Value]] = {}
        self._closed = False

    def load(self, key: Key) -> asyncio.Future[Value]:
        answer: asyncio.Future[Value] = self._loop.create_future()
        batch = self._batch
        firsts = batch.firsts
        if key in firsts:
            batch.repeats.append((key, answer))
            return answer
        if self._closed:
            raise RuntimeError("the batcher is closed")
        firsts[key] = answer
        if len(firsts) >= self._max_size:
            self._send()
        elif self._timer is None:
            self._start_timer()
        return answer

    async def flush(self) -> None:
        self._closed = True
        if self._batch.firsts:
            self._send()
        if self._under_way:
            await asyncio.wait(list(self._under_way))

    async def abandon(self) -> None:
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        batch, self._batch = self._batch, Batch()
        batch.fail(RuntimeError("the batcher was closed before the call was made"))
        for task in self._under_way:
            task.cancel()
        while self._under_way:
            await asyncio.wait(list(self._under_way))

    def _start_timer(self) -> None:
        if self._max_wait > 0:
            self._timer = self._loop.call_later(self._max_wait, self._send, context=self._context)
        else:
            self._timer = self._loop.call_soon(self._send, context=self._context)

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._batch = self._batch, Batch()
        # A copy of the context: what one call sets in it is nothing to the next one.
        task = self._loop.create_task(self._call_for(batch), context=self._context.copy())
        self._under_way[task] = batch
        task.add_done_callback(self._settle)

    async def _call_for(self, batch: Batch[Key, Value]) -> None:
        batch.answer(await self._call(list(batch.firsts)))

    def _settle(self, task: asyncio.Task[None]) -> None:
        # Here and not in the task, because a task that is cancelled before its first step never runs.
        batch = self._under_way.pop(task)
        if task.cancelled():
            batch.fail(RuntimeError("the call was cancelled"))
        elif isinstance(error := task.exception(), GeneratorExit):
            # A future that raises this one passes by the handlers of the coroutine that awaits it.
            batch.fail(RuntimeError("the call was closed"))
        elif error is not None:
            batch.fail(error)


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[OwnBatcher[Key, Value]]:
    made = OwnBatcher(call, max_size, max_wait)
    try:
        yield made
        await made.flush()
    finally:
        await made.abandon()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
