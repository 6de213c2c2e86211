"""`anyio.to_process.run_sync` under an `anyio.CapacityLimiter`.

Choose it when a function computes for milliseconds in Python and holds the interpreter's lock meanwhile, or may crash.
It costs a process per place, some 0.2 s to start each, and two messages with pickled arguments and results per call.
The function must be importable in the other process; context variables stay behind.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio
import anyio.to_process


def calling(size: int) -> Callable[..., Awaitable[Any]]:
    return partial(anyio.to_process.run_sync, limiter=anyio.CapacityLimiter(size))


# --- how it fits the contract ---

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Call

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("anyio>=4.16",)
CAVEATS = (
    "Its processes end with the loop, for which a task of AnyIO waits; it runs on Trio, too, but is asked on asyncio.",
)


@asynccontextmanager
async def offload(size: int) -> AsyncIterator[Call]:
    try:
        yield calling(size)
    finally:
        for task in asyncio.all_tasks():
            if task.get_name() == "AnyIO process pool shutdown task":  # here a block ends, which stands for a loop
                task.cancel()
                await asyncio.wait([task])
