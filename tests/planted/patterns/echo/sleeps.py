"""Sleeps an hour, on a clock that need not be waited for."""

import anyio

LIBRARY = "anyio"
NOT_APPLICABLE = (
    ("can_be_cancelled", "it sleeps too long to sweep"),
    ("gives_back", "it sleeps too long to repeat"),
    ("asked_once", "the same"),
    ("nothing_left_behind", "the same"),
    ("no_complaints", "the same"),
)


async def whisper(value: int) -> int:
    await anyio.sleep(3600)
    return value
