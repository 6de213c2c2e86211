"""Raises."""

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    raise ValueError(f"no {value} today")
