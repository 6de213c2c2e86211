"""Is no Python."""

async def echo(value: int) -> int
    return value
