"""Leaves a task behind."""

import asyncio

LIBRARY = "asyncio"
KEPT = []


async def echo(value: int) -> int:
    KEPT.append(asyncio.get_running_loop().create_task(asyncio.sleep(3600)))
    return value
