"""A task that sleeps again and again: `anyio.sleep_until`, and how late it came back.

Choose it when the program, or a library of yours, runs on asyncio and on Trio, and you want to know how late its loop
is. It costs a deadline and some turns of a task each time, and a task group around what is watched. It tells when the
loop is free again, and not what had held it up.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

log = logging.getLogger(__name__)


async def sample(tell: Callable[[float], object], longest: float) -> None:
    while True:
        due = anyio.current_time() + longest / 2
        await anyio.sleep_until(due)
        if (late := anyio.current_time() - due) >= longest:
            try:
                tell(late)
            except Exception:
                log.exception("nobody could be told that the loop was held up")


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    async with anyio.create_task_group() as group:
        group.start_soon(sample, tell, longest)
        try:
            yield
        finally:
            group.cancel_scope.cancel()


# --- how it fits the contract ---

LIBRARY = "anyio"
KNOWN_FAILURES = (("told_meanwhile", "", "a task cannot run while the loop is held up"),)
