"""Goes on for ever once it was cancelled, however often."""

import asyncio
from contextlib import suppress

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)
    return value
