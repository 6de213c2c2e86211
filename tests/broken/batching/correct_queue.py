"""A correct batcher of another make: a worker that drains a queue, and a task for every load."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from patterns.batching import Call

LIBRARY = "asyncio"

Request = tuple[Any, "asyncio.Future[Any]"]


class QueueBatcher:
    def __init__(self, call: Call[Any, Any], max_size: int, max_wait: float) -> None:
        self.call, self.max_size, self.max_wait = call, max_size, max_wait
        self.queue: asyncio.Queue[Request] = asyncio.Queue()
        self.calls: set[asyncio.Task[None]] = set()
        self.taken: list[Request] = []

    def load(self, key: Any) -> "asyncio.Task[Any]":
        answer = asyncio.get_running_loop().create_future()
        self.queue.put_nowait((key, answer))
        task = asyncio.create_task(self.wait_for(answer))
        task.add_done_callback(lambda _: answer.cancel())  # or, cancelled before its first turn, it never looks
        return task

    async def wait_for(self, answer: "asyncio.Future[Any]") -> Any:
        return await answer

    async def work(self) -> None:
        while True:
            self.taken.append(await self.queue.get())
            deadline = asyncio.get_running_loop().time() + self.max_wait
            try:
                async with asyncio.timeout_at(deadline):
                    while len(self.taken) < self.max_size:
                        self.taken.append(await self.queue.get())
            except TimeoutError:
                self.take_the_rest()
            self.dispatch()

    def take_the_rest(self) -> None:
        while len(self.taken) < self.max_size and not self.queue.empty():
            self.taken.append(self.queue.get_nowait())

    def dispatch(self) -> None:
        batch, self.taken = self.taken, []
        self.calls.add(task := asyncio.create_task(self.send(batch)))
        task.add_done_callback(self.calls.discard)

    async def send(self, batch: list[Request]) -> None:
        try:
            values = await self.call([key for key, _ in batch])
            for (_, answer), value in list(zip(batch, values, strict=True)):
                settle(answer, value)
        except BaseException as error:
            for _, answer in batch:
                settle(answer, error)

    async def close(self, worker: "asyncio.Task[None]") -> None:
        worker.cancel()
        rest: Iterable[asyncio.Task[None]] = {worker}
        cancelled = False
        while rest:
            try:
                await asyncio.wait(rest)
            except asyncio.CancelledError:
                cancelled = True
            self.take_the_rest()
            while self.taken:
                self.dispatch()
                self.take_the_rest()
            rest = set(self.calls)
        if cancelled:
            raise asyncio.CancelledError


def settle(answer: "asyncio.Future[Any]", value: Any) -> None:
    if answer.done():
        return
    if isinstance(value, StopIteration | asyncio.CancelledError | GeneratorExit):
        answer.set_exception(RuntimeError(repr(value)))
    elif isinstance(value, BaseException):
        answer.set_exception(value)
    else:
        answer.set_result(value)


@asynccontextmanager
async def batcher(call: Call[Any, Any], max_size: int, max_wait: float) -> AsyncIterator[QueueBatcher]:
    made = QueueBatcher(call, max_size, max_wait)
    worker = asyncio.create_task(made.work())
    try:
        yield made
    finally:
        await made.close(worker)
