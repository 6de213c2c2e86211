"""Goes on as if nothing had happened when it is cancelled in one certain turn."""

import asyncio

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    await asyncio.sleep(0)
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        pass
    return value
