"""Plain on asyncio.

Choose it when everything is fine. It costs nothing.
"""

LIBRARY = "asyncio"

async def echo(value: int) -> int:
    return value
