"""Gives a wrong answer."""

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    return value + 1
