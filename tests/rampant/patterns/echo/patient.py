"""Waits for a file in the middle of what is timed, the first time; from then on it is plain."""

import itertools
import os
import time
from pathlib import Path

LIBRARY = "asyncio"
MARK = Path(__file__).with_suffix(".pids")
GO = Path(__file__).with_suffix(".go")
LATER = 15  # calls; a warm-up makes ten
calls = itertools.count()


async def echo(value: int) -> int:
    return value


async def whisper(value: int) -> int:
    if next(calls) == LATER and not MARK.exists():
        partial = MARK.with_suffix(".partial")
        partial.write_text(str(os.getpid()))
        partial.replace(MARK)
        while not GO.exists():
            time.sleep(0.01)
    return value
