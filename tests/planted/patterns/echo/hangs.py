"""Never returns."""

LIBRARY = "asyncio"


async def echo(value: int) -> int:
    while True:
        value += 1
