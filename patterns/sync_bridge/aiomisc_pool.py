"""aiomisc's `ThreadPoolExecutor`, and `sync_wait_coroutine` for the way back.

Choose it when the program runs on aiomisc anyhow, whose entrypoint sets this pool up by itself.
It costs a wake-up of the loop per call, and starts two threads at once. Results go straight to a future of the loop,
without one of threads in between; context variables go along.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiomisc import ThreadPoolExecutor
from aiomisc.thread_pool import sync_wait_coroutine

T = TypeVar("T")


class Threads:
    def __init__(self, size: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(size)

    def call(self, function: Callable[..., T], *args: Any) -> "asyncio.Future[T]":
        return self._loop.run_in_executor(self._pool, function, *args)

    def ask(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        return sync_wait_coroutine(self._loop, function, *args)

    async def aclose(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)


@asynccontextmanager
async def threads(size: int) -> AsyncIterator[Threads]:
    pool = Threads(size)
    try:
        yield pool
    finally:
        await pool.aclose()


# --- how it fits the contract ---

from patterns.sync_bridge import Ask, Call

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiomisc>=18.0.37",)
KNOWN_FAILURES = (
    ("stop_iteration_ends_the_call", ">=3.11,<3.11.8", "a StopIteration is lost on its way: cpython#112182"),
    ("stop_iteration_ends_the_call", ">=3.12,<3.12.2", "a StopIteration is lost on its way: cpython#112182"),
    ("cancelled_call_is_over", "", "a cancelled caller is gone while its function goes on"),
    ("nested_calls_end", "", "all threads of the pool wait for a call that waits for a thread of the pool"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  it always does
    async with threads(size) as pool:
        yield pool.call


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    async with threads(size) as pool:
        yield pool.call, pool.ask
