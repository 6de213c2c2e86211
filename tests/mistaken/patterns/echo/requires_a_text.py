"""One text for a tuple."""

LIBRARY = "asyncio"
REQUIRES = ("anyio")

async def echo(value: int) -> int:
    return value
# => REQUIRES: "anyio" is no tuple of requirements: write ("anyio",)
