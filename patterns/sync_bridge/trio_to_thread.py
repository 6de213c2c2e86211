"""`trio.to_thread.run_sync` under a limiter, and `trio.from_thread.run` for the way back.

Choose it when the program runs on Trio: a cancelled caller waits for its thread unless it says that it may be left
behind, and context variables go along, both ways.
It costs a message to Trio's cache of threads per call, which keeps idle ones for ten seconds and shares them with
everybody. Blocking code that asks the loop keeps its place in the limiter meanwhile.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import trio

T = TypeVar("T")


def calling(size: int, *, abandon: bool = False) -> Callable[..., Awaitable[Any]]:
    return partial(trio.to_thread.run_sync, limiter=trio.CapacityLimiter(size), abandon_on_cancel=abandon)


def asking(timeout: float | None = None) -> Callable[..., Any]:
    token = trio.lowlevel.current_trio_token()

    async def limited(function: Callable[..., Awaitable[T]], *args: Any) -> T:
        with trio.fail_after(timeout or 0):
            return await function(*args)

    def ask(function: Callable[..., Awaitable[T]], *args: Any) -> T:
        try:
            return trio.from_thread.run(limited, function, *args, trio_token=token)
        except trio.TooSlowError as error:
            raise TimeoutError from error

    return partial(trio.from_thread.run, trio_token=token) if timeout is None else ask


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask, Call

LIBRARY = "trio"
KNOWN_FAILURES = (("nested_calls_end", "", "all places of the limiter wait for a call that waits for a place"),)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:
    yield calling(size, abandon=abandon)


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:
    yield calling(size), trio.from_thread.run


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    yield asking(timeout)


offload = calls
