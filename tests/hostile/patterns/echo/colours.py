"""Raises what a terminal would obey."""

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    raise ValueError("\x1b[31mred\x1b[0m \x1b]0;title\x07[/x] dict[str, Lock] → é \ud800")
