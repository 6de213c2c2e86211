"""A task that sleeps again and again: `trio.sleep`, and how late it came back.

Choose it when you want to know how late Trio's loop is, in few lines.
It costs a deadline and a turn of a task each time, and a nursery around what is watched. It tells when the loop is free
again, and not what had held it up.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import trio

log = logging.getLogger(__name__)


async def sample(tell: Callable[[float], object], longest: float) -> None:
    while True:
        due = trio.current_time() + longest / 2
        await trio.sleep_until(due)
        if (late := trio.current_time() - due) >= longest:
            try:
                tell(late)
            except Exception:
                log.exception("nobody could be told that the loop was held up")


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sample, tell, longest)
        try:
            yield
        finally:
            nursery.cancel_scope.cancel()


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (("told_meanwhile", "", "a task cannot run while the loop is held up"),)
