"""Cannot count further than one."""

LIBRARY = "trio"


async def whisper(value: int) -> int:
    return min(value, 1)
