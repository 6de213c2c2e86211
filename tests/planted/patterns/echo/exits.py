"""Exits the process."""

import os

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    os._exit(3)
