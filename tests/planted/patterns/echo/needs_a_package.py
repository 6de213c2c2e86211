"""Needs a package that nobody has."""

LIBRARY = "asyncio"
REQUIRES = ("no-such-distribution>=1",)


async def echo(value: int) -> int:
    return value
