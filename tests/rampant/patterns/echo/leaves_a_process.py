"""Starts a process and forgets it."""

import subprocess
import sys

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
    return value
