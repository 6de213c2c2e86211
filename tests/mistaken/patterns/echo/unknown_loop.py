"""Declares a loop that there is not."""

LIBRARY = "asyncio"
NOT_APPLICABLE = (("gives_back", "why", "uvlop"),)

async def echo(value: int) -> int:
    return value
# => NOT_APPLICABLE: entry 1: no loop matches 'uvlop' (did you mean uvloop?)
