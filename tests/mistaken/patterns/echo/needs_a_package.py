"""Needs a package that is not here."""

LIBRARY = "asyncio"
REQUIRES = ("no-such-distribution>=1",)

async def echo(value: int) -> int:
    return value
