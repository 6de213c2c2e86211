"""Ends the process that imports it."""

import os

LIBRARY = "asyncio"

os._exit(4)

async def echo(value: int) -> int:
    return value
# => not tested: cannot be imported: the process exited with code 4
