"""Cannot be imported, and says so in colour."""

LIBRARY = "asyncio"

raise ImportError("\x1b[31mnot today\x1b[0m [/x] → é")


async def echo(value: int) -> int:
    return value
