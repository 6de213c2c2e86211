"""asyncer's `asyncify` and `syncify`, typed wrappers around AnyIO's threads.

Choose it when a program of FastAPI's world wants an editor to know the arguments of what it calls in a thread.
It costs a wrapper per call beside what AnyIO costs, and what AnyIO does not promise it does not, either.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import anyio
from asyncer import asyncify, syncify


class Threads:
    def __init__(self, size: int, *, abandon: bool = False) -> None:
        self._limiter = anyio.CapacityLimiter(size)
        self._abandon = abandon

    async def call(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncify(function, abandon_on_cancel=self._abandon, limiter=self._limiter)(*args)

    def ask(self, function: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
        return syncify(function)(*args)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask, Call

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("asyncer>=0.0.18",)
KNOWN_FAILURES = (
    ("cancelled_call_is_over", "", "task.cancel() reaches a caller that waits for its thread", "[!t]*"),
    ("no_more_than_size", "", "whom task.cancel() reaches gives its place back, and its function runs on", "[!t]*"),
    ("nested_calls_end", "", "all places of the limiter wait for a call that waits for a place"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    yield Threads(size, abandon=abandon).call


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    threads = Threads(size)
    yield threads.call, threads.ask
