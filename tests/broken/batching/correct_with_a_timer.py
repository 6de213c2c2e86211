"""A correct batcher of another make: futures, a timer for the batch that gathers, and a task for each that leaves."""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from patterns.batching import Call

LIBRARY = "asyncio"

Requests = list[tuple[Any, "asyncio.Future[Any]"]]


class TimerBatcher:
    def __init__(self, call: Call[Any, Any], max_size: int, max_wait: float) -> None:
        self.call, self.max_size, self.max_wait = call, max_size, max_wait
        self.loop = asyncio.get_running_loop()
        self.context = contextvars.copy_context()
        self.requests: Requests = []
        self.timer: asyncio.TimerHandle | None = None
        self.calls: set[asyncio.Task[None]] = set()

    def load(self, key: Any) -> "asyncio.Future[Any]":
        answer = self.loop.create_future()
        self.requests.append((key, answer))
        if len(self.requests) == self.max_size:
            self.flush()
        elif self.timer is None:
            self.timer = self.loop.call_later(self.max_wait, self.flush)
        return answer

    def flush(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        requests, self.requests = self.requests, []
        self.calls.add(task := self.loop.create_task(self.send(requests), context=self.context.copy()))
        task.add_done_callback(self.calls.discard)

    async def send(self, requests: Requests) -> None:
        try:
            values = await self.call([key for key, _ in requests])
            for (_, answer), value in list(zip(requests, values, strict=True)):
                settle(answer, value)
        except BaseException as error:
            for _, answer in requests:
                settle(answer, error)

    async def close(self) -> None:
        if self.requests:
            self.flush()
        cancelled = False
        while self.calls:
            try:
                await asyncio.wait(self.calls)
            except asyncio.CancelledError:
                cancelled = True
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
async def batcher(call: Call[Any, Any], max_size: int, max_wait: float) -> AsyncIterator[TimerBatcher]:
    made = TimerBatcher(call, max_size, max_wait)
    try:
        yield made
    finally:
        await made.close()
