"""A version for a range."""

LIBRARY = "asyncio"
PYTHON = "3.12"

async def echo(value: int) -> int:
    return value
# => PYTHON: "3.12" is no version range: write "==3.12.*" or ">=3.12"
