"""Starts processes and hangs in C, where no signal handler runs, the first time; from then on it is plain."""

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

LIBRARY = "asyncio"
MARK = Path(__file__).with_suffix(".pids")


async def echo(value: int) -> int:
    return value


async def whisper(value: int) -> int:
    if not MARK.exists():
        forked = os.fork()
        if not forked:
            signal.pause()
        sleeper = [sys.executable, "-c", "import time; time.sleep(1000)"]
        started = [subprocess.Popen(sleeper, start_new_session=apart).pid for apart in (False, True)]
        partial = MARK.with_suffix(".partial")
        partial.write_text(" ".join(map(str, [os.getpid(), forked, *started])))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        partial.replace(MARK)
        all(itertools.repeat(True))
    return value
