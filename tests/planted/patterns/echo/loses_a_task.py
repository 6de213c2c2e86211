"""Starts a task that nobody holds, so that the collector takes it."""

import asyncio

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    async def wait() -> None:
        await asyncio.Event().wait()

    asyncio.get_running_loop().create_task(wait())
    return value
