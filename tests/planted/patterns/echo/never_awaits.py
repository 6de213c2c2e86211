"""Forgets to await."""

LIBRARY = "asyncio"


async def nothing() -> None:
    pass


async def whisper(value: int) -> int:
    nothing()
    return value
