"""Exits the process when imported."""

import os

LIBRARY = "asyncio"

os._exit(4)


async def echo(value: int) -> int:
    return value
