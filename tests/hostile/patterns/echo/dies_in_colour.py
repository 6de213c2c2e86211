"""Ends the process with a last word that a terminal would obey."""

import os

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    os.write(2, "\x1b[31mlast word [/x] → é\n".encode())
    os._exit(3)
