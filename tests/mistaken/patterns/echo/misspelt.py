"""Offers something else."""

LIBRARY = "asyncio"


async def ecko(value: int) -> int:
    return value
# => not tested: offers none of echo, whisper (is ecko meant to be echo?)
