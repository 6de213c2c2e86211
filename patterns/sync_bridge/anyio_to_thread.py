"""`anyio.to_thread.run_sync` under a limiter, and `anyio.from_thread.run` for the way back.

Choose it when one code base must run on asyncio and Trio. A caller that a scope of AnyIO cancels waits for its thread
unless it says that it may be left behind; context variables go along, both ways.
It costs a limiter's place and a cancel scope per call. On asyncio ``task.cancel()`` reaches a waiting caller all the
same, and its function runs on.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread


def calling(size: int, *, abandon: bool = False) -> Callable[..., Awaitable[Any]]:
    return partial(anyio.to_thread.run_sync, limiter=anyio.CapacityLimiter(size), abandon_on_cancel=abandon)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask, Call

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    ("cancelled_call_is_over", "", "task.cancel() reaches a caller that waits for its thread", "[!t]*"),
    ("no_more_than_size", "", "whom task.cancel() reaches gives its place back, and its function runs on", "[!t]*"),
    ("nested_calls_end", "", "all places of the limiter wait for a call that waits for a place"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    yield calling(size, abandon=abandon)


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    yield calling(size), anyio.from_thread.run
