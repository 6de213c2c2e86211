"""Answers a few times, then gives a wrong answer."""

LIBRARY = "asyncio"
CALLS = [0]


async def echo(value: int) -> int:
    CALLS[0] += 1
    return value if CALLS[0] < 5000 else -1
