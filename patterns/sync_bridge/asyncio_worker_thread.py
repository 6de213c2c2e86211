"""A dedicated thread with a `queue.SimpleQueue`, which answers by `loop.call_soon_threadsafe`.

Choose it when all calls must be made by one thread: a connection of SQLite, a driver that is not thread-safe.
It costs a wake-up of the loop per call, and one slow call keeps all others waiting. A cancelled caller is gone while
its function runs on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
Result = tuple[Any, BaseException | None]


class Worker:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Result]] | None] = SimpleQueue()
        self._left = False
        self._thread = Thread(target=self._run, name="worker")
        self._thread.start()

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        if self._left:
            raise RuntimeError("the worker has been left")
        future: asyncio.Future[Result] = self._loop.create_future()
        self._queue.put((partial(copy_context().run, function, *args), future))
        value, error = await future
        if error is not None:
            raise error
        result: T = value
        return result

    def _run(self) -> None:
        while entry := self._queue.get():
            function, future = entry
            if future.cancelled():  # its caller is gone
                continue
            result: Result
            try:
                result = function(), None
            except BaseException as error:
                result = None, error
            self._loop.call_soon_threadsafe(_tell, future, result)
            del entry, function, future, result  # not to be kept while the next one is waited for

    async def aclose(self) -> None:
        self._left = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)


def _tell(future: "asyncio.Future[Result]", result: Result) -> None:
    if not future.done():
        future.set_result(result)


@asynccontextmanager
async def worker() -> AsyncIterator[Worker]:
    one = Worker()
    try:
        yield one
    finally:
        await one.aclose()


# --- how it fits the contract ---

from patterns.sync_bridge import Call

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("side_by_side", "", "one thread makes all calls, one after the other"),
    ("cancelled_call_is_over", "", "a cancelled caller is gone while its function goes on"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  one thread is enough
    async with worker() as one:
        yield one.call
