"""Prints what a terminal would obey, and warns of it."""

import sys
import warnings

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    print("\x1b[2J\x1b[31mout → é", flush=True)
    print("\x1b[2J\x1b[31merr → é", file=sys.stderr, flush=True)
    warnings.warn("\x1b[31mwarned\x1b[0m [/x] → é", stacklevel=1)
    return value
