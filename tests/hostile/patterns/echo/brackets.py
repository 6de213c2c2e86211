"""[/x] takes a dict[str, Lock] → é, in [red]."""

LIBRARY = "asyncio"
CAVEATS = ("[/x] drops [str, Lock] → é.",)


async def echo(value: int) -> int:
    return value
