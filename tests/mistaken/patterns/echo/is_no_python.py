"""Is no Python."""

LIBRARY = "asyncio"


async def echo(value: int) -> int
    return value
# => line 6: expected ':'
