"""Loopmark's batcher for AnyIO: one task and one event for every batch, and equal keys travel once.

Choose it when the code must run on asyncio and Trio alike: a caller leaves nothing in the batch but its key, so there
is nothing that a cancellation could break.
It costs a task for every batch. A call sees the context in which the batcher was opened, never a caller's.
"""

import contextvars
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Generic, TypeVar

import anyio
import anyio.abc

Key = TypeVar("Key")
Value = TypeVar("Value")
Call = Callable[[Sequence[Key]], Coroutine[Any, Any, Sequence[Value | Exception]]]


class Batch(Generic[Key, Value]):
    __slots__ = ("answered", "answers", "error", "full", "keys", "traceback")

    def __init__(self) -> None:
        self.keys: dict[Key, None] = {}
        self.full = anyio.Event()
        self.answered = anyio.Event()
        self.answers: dict[Key, Value | Exception]
        self.error: BaseException | None = None
        self.traceback: TracebackType | None

    def fail(self, error: BaseException) -> None:
        self.error, self.traceback = error, error.__traceback__


class OwnBatcher(Generic[Key, Value]):
    def __init__(self, call: Call[Key, Value], max_size: int, max_wait: float, group: anyio.abc.TaskGroup) -> None:
        self._call, self._max_size, self._max_wait = call, max_size, max_wait
        self._group = group
        self._context = contextvars.copy_context()
        self._batch: Batch[Key, Value] = Batch()
        self._closed = False

    async def load(self, key: Key) -> Value:
        batch = self._batch
        keys = batch.keys
        if key not in keys:
            if self._closed:
                raise RuntimeError("the batcher is closed")
            keys[key] = None
            if len(keys) == 1:
                self._context.run(self._group.start_soon, self._send, batch)
            if len(keys) >= self._max_size:
                self._part(batch)
        await batch.answered.wait()
        if batch.error is not None:
            # Many callers raise the same error: without this its traceback would grow with each of them.
            raise batch.error.with_traceback(batch.traceback)
        value = batch.answers[key]
        if isinstance(value, Exception):
            raise value.with_traceback(None)
        return value

    def close(self) -> None:
        self._closed = True
        self._part(self._batch)

    def _part(self, batch: Batch[Key, Value]) -> None:
        batch.full.set()
        self._batch = Batch()

    async def _send(self, batch: Batch[Key, Value]) -> None:
        try:
            if self._max_wait > 0:
                with anyio.move_on_after(self._max_wait):
                    await batch.full.wait()
            if batch is self._batch:
                self._part(batch)
            keys = list(batch.keys)
            values = await self._call(keys)
            if len(values) != len(keys):
                raise ValueError(f"{len(keys)} keys were sent, {len(values)} values came back")
            batch.answers = dict(zip(keys, values, strict=True))
        except anyio.get_cancelled_exc_class():
            batch.fail(anyio.BrokenResourceError("the call was cancelled"))
            if anyio.get_current_task().has_pending_cancellation():
                raise  # else it was cancelled downstream, and raising would end the whole group
        except (KeyboardInterrupt, SystemExit):
            batch.fail(anyio.BrokenResourceError("the call was interrupted"))
            raise
        except BaseException as error:  # the callers raise it
            batch.fail(error)
        finally:
            batch.answered.set()


@asynccontextmanager
async def batcher(call: Call[Key, Value], max_size: int, max_wait: float) -> AsyncIterator[OwnBatcher[Key, Value]]:
    async with anyio.create_task_group() as group:
        made = OwnBatcher(call, max_size, max_wait, group)
        try:
            yield made
        finally:
            made.close()


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "own"
