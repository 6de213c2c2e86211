"""Says which Python it needs on a loop that there is not."""

LIBRARY = "asyncio"
PYTHON = ((">=3.12", "uvlop"),)

async def echo(value: int) -> int:
    return value
# => PYTHON: entry 1: no loop matches 'uvlop' (did you mean uvloop?)
