"""`asyncio.to_thread`, and `asyncio.run_coroutine_threadsafe` for the way back.

Choose it when nothing else asks for more: it is there, and takes the caller's context variables along.
It costs a future of threads and one of the loop per call, and a wake-up of the loop each. A cancelled caller is gone at
once, while its function runs on and nobody hears how it ends. The pool is the loop's only one: blocking code that asks
the loop, which calls blocking code again, waits for ever once all threads are at it; so may a thread that asks as the
loop ends.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@asynccontextmanager
async def threads(size: int) -> AsyncIterator[None]:
    """Let the loop's default executor have so many threads, and wait for them at the end."""
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(size)
    loop.set_default_executor(pool)
    try:
        yield
    finally:
        loop.set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(pool.shutdown)


class Asking:
    """Lets threads ask a loop, each question for so many seconds at most."""

    def __init__(self, loop: asyncio.AbstractEventLoop, timeout: float | None = None) -> None:
        self._loop, self._timeout = loop, timeout

    def ask(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        future = asyncio.run_coroutine_threadsafe(function(*args), self._loop)
        try:
            return future.result(self._timeout)
        except TimeoutError:
            future.cancel()  # else it goes on, and nobody waits for it
            raise


# --- how it fits the contract ---

from patterns.sync_bridge import Ask, Call

LIBRARY = "asyncio"
KNOWN_FAILURES = (
    ("stop_iteration_ends_the_call", ">=3.11,<3.11.8", "a StopIteration is lost on its way: cpython#112182"),
    ("stop_iteration_ends_the_call", ">=3.12,<3.12.2", "a StopIteration is lost on its way: cpython#112182"),
    ("cancelled_call_is_over", "", "asyncio.to_thread: a cancelled caller is gone while its function goes on"),
    ("nested_calls_end", "", "all threads of the pool wait for a call that waits for a thread of the pool"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  it always does
    async with threads(size):
        yield asyncio.to_thread


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    async with threads(size):
        yield asyncio.to_thread, Asking(asyncio.get_running_loop()).ask


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    yield Asking(asyncio.get_running_loop(), timeout).ask


offload = calls
