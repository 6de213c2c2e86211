"""A callback that sets itself again: `loop.call_later`, and how late it was called.

Choose it when you want to know how late the loop is, and do not want a task for it: a timer is all there is.
It costs a timer each time. It tells when the loop is free again, and not what had held it up.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)


class Sampler:
    def __init__(self, tell: Callable[[float], object], longest: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._tell, self._longest = tell, longest
        self._set()

    def _set(self) -> None:
        self._due = self._loop.time() + self._longest / 2
        self._timer = self._loop.call_later(self._longest / 2, self._look)

    def _look(self) -> None:
        late = self._loop.time() - self._due
        self._set()
        if late >= self._longest:
            try:
                self._tell(late)
            except Exception:
                log.exception("nobody could be told that the loop was held up")

    def stop(self) -> None:
        self._timer.cancel()


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    sampler = Sampler(tell, longest)
    try:
        yield
    finally:
        sampler.stop()


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (("told_meanwhile", "", "a timer cannot fire while the loop is held up"),)
