"""Forks a process that keeps more and more, and waits for it."""

import os

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    child = os.fork()
    kept = []
    while not child:
        kept.append(bytearray(b"x" * 2**24))
    os.waitpid(child, 0)
    return value
