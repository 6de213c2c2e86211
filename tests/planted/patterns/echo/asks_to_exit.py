"""Raises SystemExit."""

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    raise SystemExit(5)
