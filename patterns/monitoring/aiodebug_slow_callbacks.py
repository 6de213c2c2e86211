"""`aiodebug.log_slow_callbacks`: each step is measured, and a callback told of the slow ones.

Choose it when you want asyncio's own list of slow steps without its debug mode.
It costs a call around each step. It replaces `Handle._run`, has no way to switch itself off (the line that puts the
method back is ours), and tells when the step is over. What the callback raises ends the loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiodebug import log_slow_callbacks


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    handle: Any = asyncio.Handle
    before = handle._run  # noqa: SLF001  what aiodebug replaces
    log_slow_callbacks.enable(longest, on_slow_callback=lambda name, seconds: tell(seconds))  # noqa: ARG005
    try:
        yield
    finally:
        handle._run = before  # noqa: SLF001


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiodebug>=2.3.0",)
KNOWN_FAILURES = (
    ("told_meanwhile", "", "a step is measured when it is over"),
    (
        "failing_tell_breaks_nothing",
        "",
        "aiodebug 2.3.0: what on_slow_callback raises leaves Handle._run, and ends the loop",
        "asyncio*",
    ),
    ("stall_is_told", "", "uvloop runs its steps without the method that aiodebug replaces", "uvloop"),
    ("kept_interpreter_is_told", "", "uvloop runs its steps without the method that aiodebug replaces", "uvloop"),
)
