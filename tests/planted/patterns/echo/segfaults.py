"""Dies of a signal."""

import os
import signal

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return value
