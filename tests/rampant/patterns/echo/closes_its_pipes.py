"""Closes every channel that it has, and stays."""

import itertools
import os

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    os.closerange(0, 1000)
    return all(itertools.repeat(True))
