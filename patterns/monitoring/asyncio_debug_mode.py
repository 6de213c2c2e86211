"""Debug mode: `loop.set_debug(True)`, whose `slow_callback_duration` logs each slow step.

Choose it when you look for the step that holds up the loop, on your own machine: the log says which one, and where its
task was made.
It costs many times the time of whatever makes tasks and callbacks, as each of them remembers where it was made. It
tells when the step is over.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

log = logging.getLogger("asyncio")


class SlowSteps(logging.Handler):
    def __init__(self, tell: Callable[[float], object]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """``Executing <Handle ...> took 0.123 seconds``, and other messages of asyncio."""
        if str(record.msg).startswith("Executing") and isinstance(record.args, tuple):
            try:
                self._tell(float(str(record.args[-1])))
            except Exception:
                self.handleError(record)


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    before = loop.get_debug(), loop.slow_callback_duration
    handler = SlowSteps(tell)
    log.addHandler(handler)
    loop.slow_callback_duration = longest
    loop.set_debug(True)
    try:
        yield
    finally:
        log.removeHandler(handler)
        debug, loop.slow_callback_duration = before
        loop.set_debug(debug)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KNOWN_FAILURES = (("told_meanwhile", "", "asyncio looks at the clock when a step is over"),)
