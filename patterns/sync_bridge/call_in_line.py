"""A blocking function that is simply called: a trap.

Choose it when it takes less than a hop to a thread, some 50 us, whatever it finds at the other end.
It costs everybody else's time: no task, no timer and no connection moves until the function returns.
"""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


async def call(function: Callable[..., T], *args: Any) -> T:
    return function(*args)


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Call

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("loop_goes_on", "", "it blocks on the loop's own thread"),
    ("side_by_side", "", "while one blocks no other can begin"),
)


@asynccontextmanager
async def calls(size: int, *, abandon: bool = False) -> AsyncIterator[Call]:  # noqa: ARG001  there are no threads
    yield call


offload = calls
