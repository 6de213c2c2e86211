"""asgiref's `sync_to_async(thread_sensitive=False)` with a pool, and `async_to_sync` for the way back.

Choose it when a program of Django's or Starlette's world wants several blocking calls at once, and context variables
that are set in a thread to come back from it.
It costs an adapter object per call, and a copy of the context back and forth, beside what the pool costs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async


class Threads:
    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size)

    async def call(self, function: Callable[..., Any], *args: Any) -> Any:
        return await sync_to_async(function, thread_sensitive=False, executor=self._pool)(*args)

    async def aclose(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)


@asynccontextmanager
async def threads(size: int) -> AsyncIterator[Threads]:
    pool = Threads(size)
    try:
        yield pool
    finally:
        await pool.aclose()


def ask(function: Callable[..., Any], *args: Any) -> Any:
    return async_to_sync(function)(*args)


# --- how it fits the contract ---

from patterns.sync_bridge import Ask, Call

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asgiref>=3.13",)
KNOWN_FAILURES = (
    ("stop_iteration_ends_the_call", ">=3.11,<3.11.8", "a StopIteration is lost on its way: cpython#112182"),
    ("stop_iteration_ends_the_call", ">=3.12,<3.12.2", "a StopIteration is lost on its way: cpython#112182"),
    ("cancelled_call_is_over", "", "a cancelled caller is gone while its function goes on"),
    ("nested_calls_end", "", "all threads of the pool wait for a call that waits for a thread of the pool"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  it knows no such choice
    async with threads(size) as pool:
        yield pool.call


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    async with threads(size) as pool:
        yield pool.call, ask
