"""One text for a tuple."""

LIBRARY = "asyncio"
CAVEATS = ("text")

async def echo(value: int) -> int:
    return value
# => CAVEATS: "text" is no tuple of texts: write ("text",)
