"""A batcher without any of the defects planted beside it."""

import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.abc import TaskGroup

from patterns.batching import Call

LIBRARY = "anyio"


class Batch:
    def __init__(self) -> None:
        self.keys: list[Any] = []
        self.values: Any = ()
        self.error: BaseException | None = None
        self.full, self.answered = anyio.Event(), anyio.Event()


class PlainBatcher:
    def __init__(self, call: Call[Any, Any], max_size: int, max_wait: float, group: TaskGroup) -> None:
        self.call, self.max_size, self.max_wait, self.group = call, max_size, max_wait, group
        self.context = contextvars.copy_context()
        self.batch = Batch()

    async def load(self, key: Any) -> Any:
        batch, place = self.join(key)
        await batch.answered.wait()
        if batch.error is not None:
            raise batch.error
        value = batch.values[place]
        if isinstance(value, Exception):
            raise value
        return value

    def join(self, key: Any) -> tuple[Batch, int]:
        batch, place = self.batch, len(self.batch.keys)
        batch.keys.append(key)
        if place == 0:
            self.context.run(self.group.start_soon, self.send, batch)
        if len(batch.keys) == self.max_size:
            self.part()
        return batch, place

    def part(self) -> None:
        self.batch.full.set()
        self.batch = Batch()

    async def send(self, batch: Batch) -> None:
        try:
            with anyio.move_on_after(self.max_wait):
                await batch.full.wait()
            if batch is self.batch:
                self.part()
            batch.values = await self.call(batch.keys)
            if len(batch.values) != len(batch.keys):
                raise ValueError(f"{len(batch.values)} values for {len(batch.keys)} keys")
        except anyio.get_cancelled_exc_class():
            batch.error = RuntimeError("the call was cancelled")
            if anyio.get_current_task().has_pending_cancellation():
                raise
        except BaseException as error:
            batch.error = error
        finally:
            batch.answered.set()


@asynccontextmanager
async def batcher(call: Call[Any, Any], max_size: int, max_wait: float) -> AsyncIterator[PlainBatcher]:
    async with anyio.create_task_group() as group:
        made = PlainBatcher(call, max_size, max_wait, group)
        yield made
        made.part()
