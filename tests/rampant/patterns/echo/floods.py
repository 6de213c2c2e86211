"""Never stops talking, on every channel that it has."""

import os

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    while True:
        for channel in (1, 2):
            os.write(channel, b"what an alternative says is nobody's business\n" * 1000)
