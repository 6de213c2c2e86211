"""asgiref's `sync_to_async` and `async_to_sync`, thread-sensitive, as they are by themselves.

Choose it when the blocking code keeps things per thread and expects them to be there the next time, as Django's
connections to a database do.
It costs parallelism: all calls of a context are made by one thread, one after the other. A thread that asks the loop
makes the calls itself that come of it, so that nested ones come to an end.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import ThreadSensitiveContext, async_to_sync, sync_to_async


async def call(function: Callable[..., Any], *args: Any) -> Any:
    return await sync_to_async(function)(*args)


def ask(function: Callable[..., Any], *args: Any) -> Any:
    return async_to_sync(function)(*args)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask, Call

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("asgiref>=3.13",)
KNOWN_FAILURES = (
    ("stop_iteration_ends_the_call", ">=3.11,<3.11.8", "a StopIteration is lost on its way: cpython#112182"),
    ("stop_iteration_ends_the_call", ">=3.12,<3.12.2", "a StopIteration is lost on its way: cpython#112182"),
    ("side_by_side", "", "one thread makes all calls of a context, as documented"),
    ("cancelled_call_is_over", "", "a cancelled caller is gone while its function goes on"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  one thread is enough
    async with ThreadSensitiveContext():
        yield call


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:  # noqa: ARG001  one thread is enough
    async with ThreadSensitiveContext():
        yield call, ask
