"""`asyncio.to_thread` whose cancelled caller waits until the thread is through.

Choose it when a call uses what its caller frees afterwards: a file, a buffer, a connection.
It costs a task per call beside what `asyncio.to_thread` costs, and deadlines that are as late as the call is slow.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size)

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        begun = self._pool.submit(partial(copy_context().run, function, *args))
        future = asyncio.wrap_future(begun)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if not begun.cancel():  # it has begun, and whatever it uses is in use
                await _end(future)
            raise

    async def aclose(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)


async def _end(future: "asyncio.Future[Any]") -> None:
    while not future.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future])
    if not future.cancelled():
        future.exception()  # nobody is there to hear of it


@asynccontextmanager
async def threads(size: int) -> AsyncIterator[Threads]:
    pool = Threads(size)
    try:
        yield pool
    finally:
        await pool.aclose()


# --- how it fits the contract ---

from patterns.sync_bridge import Call

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("stop_iteration_ends_the_call", ">=3.11,<3.11.8", "a StopIteration is lost on its way: cpython#112182"),
    ("stop_iteration_ends_the_call", ">=3.12,<3.12.2", "a StopIteration is lost on its way: cpython#112182"),
    ("abandoned_call_is_left", "", "it waits for the thread, which is what it is for"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  it never does
    async with threads(size) as pool:
        yield pool.call


offload = calls
