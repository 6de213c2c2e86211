"""What a program of the reader's has already."""


async def echo(value: int) -> int:
    return value
