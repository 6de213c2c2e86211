"""Imports something that raises."""

import raises_at_import

LIBRARY = "asyncio"

async def echo(value: int) -> int:
    return value
# => not tested: cannot be imported: RuntimeError: not today
