"""Plain on asyncio."""

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    return value
