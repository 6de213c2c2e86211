"""Takes longer than is worth repeating."""

import time

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:
        value += 0
    return value
