"""greenback's `await_`: synchronous code on the loop's own thread that asks by switching greenlets.

Choose it when synchronous code in between cannot be made asynchronous and waits for nothing but the loop: an ORM, a
callback, an ``__init__``.
It costs no thread at all, and a greenlet per call. What really blocks in there holds up the loop, and greenlets switch
stacks in C, which debuggers and profilers may not follow.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import greenback

T = TypeVar("T")


async def call(function: Callable[..., T], *args: Any) -> T:
    return await greenback.with_portal_run_sync(function, *args)


def ask(function: Callable[..., Awaitable[T]], *args: Any) -> T:
    return greenback.await_(function(*args))


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask, Call

LIBRARY = "any"
KIND = "package"
REQUIRES = ("greenback>=1.3",)
KNOWN_FAILURES = (("loop_goes_on_in_a_bridge", "", "it runs on the loop's own thread, as documented"),)


@asynccontextmanager
async def bridge(size: int) -> AsyncIterator[tuple[Call, Ask]]:  # noqa: ARG001  there are no threads
    yield call, ask
