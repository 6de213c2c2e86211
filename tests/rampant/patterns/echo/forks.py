"""Two come back from where one went in."""

import os

LIBRARY = "asyncio"
forked: list[int] = []


async def whisper(value: int) -> int:
    if not forked:
        forked.append(os.getpid())
        os.fork()
    return value
