"""A task that sleeps again and again: `asyncio.sleep`, and how late it came back.

Choose it when you want to know how late the loop is, in few lines, on every loop that speaks asyncio.
It costs a timer and two turns of a task each time. It tells when the loop is free again, and not what had held it up.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)


async def sample(tell: Callable[[float], object], longest: float) -> None:
    now = asyncio.get_running_loop().time
    while True:
        due = now() + longest / 2
        await asyncio.sleep(longest / 2)
        if (late := now() - due) >= longest:
            try:
                tell(late)
            except Exception:
                log.exception("nobody could be told that the loop was held up")


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    sampler = asyncio.create_task(sample(tell, longest))
    try:
        yield
    finally:
        sampler.cancel()
        await asyncio.wait([sampler])


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (("told_meanwhile", "", "a task cannot run while the loop is held up"),)
