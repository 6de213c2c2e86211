"""Raises, and says so."""

LIBRARY = "asyncio"
KNOWN_FAILURES = (("raised", "", "planted"),)


async def echo(value: int) -> int:
    raise ValueError(f"no {value} today")
