"""Asks for more memory than there is."""

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    return len(bytearray(2**60))
