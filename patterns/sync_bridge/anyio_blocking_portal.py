"""`anyio.from_thread.BlockingPortal`.

Choose it when threads that nobody started for the loop ask it, on asyncio or Trio: a portal that is left waits for
what is under way, and refuses what comes then.
It costs a task group for the portal, and for each question a task in it, a cancel scope and a future of threads.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal

T = TypeVar("T")


class Asking:
    """Lets threads ask through a portal, each question for so many seconds at most."""

    def __init__(self, portal: BlockingPortal, timeout: float) -> None:
        self._portal, self._timeout = portal, timeout

    def ask(self, function: Callable[..., Awaitable[T]], *args: Any) -> T:
        future = self._portal.start_task_soon(function, *args)
        try:
            return future.result(self._timeout)
        except TimeoutError:
            future.cancel()
            raise


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.sync_bridge import Ask

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    (
        "nothing_complains",
        "",
        "a question that comes as the nursery has closed, and AnyIO's group has not, leaves a coroutine never awaited",
        "trio",
    ),
)


@asynccontextmanager
async def portal(timeout: float | None = None) -> AsyncIterator[Ask]:  # noqa: ASYNC109  each question has as long
    async with BlockingPortal() as opened:
        yield opened.call if timeout is None else Asking(opened, timeout).ask
