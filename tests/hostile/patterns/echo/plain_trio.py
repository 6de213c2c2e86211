"""Plain on trio."""

LIBRARY = "trio"


async def echo(value: int) -> int:
    return value
