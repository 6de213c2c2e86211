"""Imports something that ends the process."""

import exits_at_import

LIBRARY = "asyncio"

async def echo(value: int) -> int:
    return value
# => not tested: cannot be imported: the process exited with code 5
