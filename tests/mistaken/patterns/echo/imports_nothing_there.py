"""Imports what is not installed, and does not say so."""

import no_such_module

LIBRARY = "asyncio"

async def echo(value: int) -> int:
    return value
# => not tested: cannot be imported: ModuleNotFoundError: No module named 'no_such_module': REQUIRES names what is to be installed
