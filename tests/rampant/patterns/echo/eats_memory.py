"""Keeps more and more."""

LIBRARY = "asyncio"


async def whisper(value: int) -> int:
    kept = []
    while True:
        kept.append(bytearray(b"x" * 2**24))
