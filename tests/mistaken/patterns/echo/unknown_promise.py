"""Declares a promise that nobody asks."""

LIBRARY = "asyncio"
KNOWN_FAILURES = (("give_back", "", "seen"),)

async def echo(value: int) -> int:
    return value
# => KNOWN_FAILURES: entry 1: there is no promise 'give_back' (did you mean gives_back?)
