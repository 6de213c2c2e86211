"""`run_coroutine_threadsafe(...).result(timeout)` and nothing else: a trap.

Choose it when no question can take too long; then it needs no timeout, either.
It costs a coroutine that goes on when the time is up: its work is done though its caller was told that it failed, and
tries again. Without a timeout a thread that asks as the loop ends may wait for ever.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def asking(timeout: float | None = None) -> Callable[..., Any]:
    loop = asyncio.get_running_loop()

    def ask(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        return asyncio.run_coroutine_threadsafe(function(*args), loop).result(timeout)

    return ask


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (("late_question_is_cancelled", "", "the time of Future.result is the waiting thread's alone"),)


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    yield asking(timeout)
