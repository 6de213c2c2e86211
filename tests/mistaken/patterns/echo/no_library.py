"""Says of no loop that it runs on it."""

import asyncio


async def echo(value: int) -> int:
    await asyncio.sleep(0)
    return value
# => LIBRARY: it is missing: write LIBRARY = "asyncio", "trio", "anyio" or "any"
