"""Needs a Python that does not exist yet."""

LIBRARY = "asyncio"
PYTHON = ">=99"


async def echo(value: int) -> int:
    return value
