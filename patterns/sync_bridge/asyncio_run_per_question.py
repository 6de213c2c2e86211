"""`asyncio.run` in the thread that asks: a trap.

Choose it when you have no choice: what it runs must not touch anything that belongs to the program's loop.
It costs a loop per question, and it runs on that loop, not on yours: locks, connections and tasks of the program are
those of another loop, and hang or fail when they meet.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def ask(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    return asyncio.run(function(*args))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask, Call

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("question_runs_on_the_loop", "", "asyncio.run starts another loop for each question"),
    ("cancelled_call_is_over", "", "asyncio.to_thread: a cancelled caller is gone while its function goes on"),
)


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(pool := ThreadPoolExecutor(size))
    try:
        yield asyncio.to_thread, ask
    finally:
        loop.set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(pool.shutdown)
