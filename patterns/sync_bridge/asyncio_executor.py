"""`loop.run_in_executor` with a `ThreadPoolExecutor` of one's own.

Choose it when a library or a resource is to have threads of its own, so that nobody else's calls keep it waiting.
It costs a future of threads and one of the loop per call. Context variables stay behind, so that logs lose the request
they belong to; ``copy_context().run`` would take them along. A cancelled caller is gone while its function runs on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    def __init__(self, size: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(size)

    def call(self, function: Callable[..., T], *args: Any) -> "asyncio.Future[T]":
        return self._loop.run_in_executor(self._pool, function, *args)

    def ask(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        return asyncio.run_coroutine_threadsafe(function(*args), self._loop).result()

    async def aclose(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)  # which waits for what is at work


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
KNOWN_FAILURES = (
    ("stop_iteration_ends_the_call", ">=3.11,<3.11.8", "a StopIteration is lost on its way: cpython#112182"),
    ("stop_iteration_ends_the_call", ">=3.12,<3.12.2", "a StopIteration is lost on its way: cpython#112182"),
    ("context_comes_along", "", "run_in_executor copies no context variables, as documented"),
    ("cancelled_call_is_over", "", "run_in_executor: a cancelled caller is gone while its function goes on"),
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
