"""A dedicated thread with a `queue.SimpleQueue`, which answers by `TrioToken.run_sync_soon`.

Choose it when all calls must be made by one thread: a connection of SQLite, a driver that is not thread-safe.
It costs an event per call, and one slow call keeps all others waiting. A cancelled caller is gone while its function
runs on.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

import trio

T = TypeVar("T")


class Job(Generic[T]):
    def __init__(self, function: Callable[[], T]) -> None:
        self.function: Callable[[], T] | None = function
        self.done = trio.Event()
        self.value: T
        self.error: BaseException | None = None

    def run(self, function: Callable[[], T]) -> None:
        try:
            self.value = function()
        except BaseException as error:
            self.error = error


class Worker:
    def __init__(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self._queue: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self._left = False
        self._thread = Thread(target=self._run, name="worker")
        self._thread.start()

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        await trio.lowlevel.checkpoint_if_cancelled()  # before the thread can have it
        if self._left:
            raise RuntimeError("the worker has been left")
        job = Job(partial(copy_context().run, function, *args))
        self._queue.put(job)
        try:
            await job.done.wait()
        finally:
            job.function = None  # what has not begun is not wanted any more
        if job.error is not None:
            raise job.error
        return job.value

    def _run(self) -> None:
        while job := self._queue.get():
            if function := job.function:
                job.run(function)
                self._token.run_sync_soon(job.done.set)
            del job, function  # not to be kept while the next one is waited for

    async def aclose(self) -> None:
        self._left = True
        self._queue.put(None)
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(self._thread.join)


@asynccontextmanager
async def worker() -> AsyncIterator[Worker]:
    one = Worker()
    try:
        yield one
    finally:
        await one.aclose()


# --- how it fits the contract ---

from patterns.sync_bridge import Call

LIBRARY = "trio"
KNOWN_FAILURES = (
    ("side_by_side", "", "one thread makes all calls, one after the other"),
    ("cancelled_call_is_over", "", "a cancelled caller is gone while its function goes on"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  one thread is enough
    async with worker() as one:
        yield one.call
