"""`pyleak.no_event_loop_blocking`: a thread that asks the loop, and logs where it was held up.

Choose it when tests are to find what holds up the loop, code that computes in Python included: the log shows the line.
It costs a thread, which wakes the loop each time. Leaving it holds up the loop while it waits for the thread, and gives
up after the time that a step may take: the lines that wait on are ours.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from pyleak import no_event_loop_blocking
from pyleak.base import LeakAction


class Blocks(logging.Handler):
    def __init__(self, tell: Callable[[float], object]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """``Event loop blocked for 0.123s (threshold: 0.100s)``, and a summary at the end."""
        _, found, rest = record.getMessage().partition("blocked for ")
        if found:
            try:
                self._tell(float(rest.partition("s")[0]))
            except Exception:
                self.handleError(record)


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    log = logging.Logger(__name__)
    log.addHandler(Blocks(tell))
    watching: Any = no_event_loop_blocking(LeakAction.LOG, log, threshold=longest, check_interval=longest / 4)
    try:
        async with watching:
            yield
    finally:
        while watching.detector.monitor_thread.is_alive():  # noqa: ASYNC110  a thread tells no loop of its end
            await asyncio.sleep(longest / 4)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pyleak>=0.2.0",)
KNOWN_FAILURES = (
    (
        "kept_interpreter_is_told",
        "",
        "pyleak 0.2.0: its thread is asleep when a step begins, wakes when it is over, and has its answer at once",
    ),
)
CAVEATS = ("pyleak 0.2.0: what holds up the loop at one place several times in a row is told once.",)
