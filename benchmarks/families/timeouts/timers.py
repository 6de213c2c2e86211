"""How many timers the running loop holds, those that were cancelled and stay for a while included."""

import asyncio
from typing import Any

import trio


def timers_kept() -> int:
    """The length of its heap; nothing on uvloop, which keeps what is armed and takes out at once what is cancelled."""
    heap: Any
    if trio.lowlevel.in_trio_run():
        heap = trio._core._run.GLOBAL_RUN_CONTEXT.runner.deadlines._heap  # noqa: SLF001  there is no public way
    else:
        heap = getattr(asyncio.get_running_loop(), "_scheduled", ())
    return len(heap)
