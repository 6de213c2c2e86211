"""Hangs, and will not be asked to end."""

import signal
import time

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)
