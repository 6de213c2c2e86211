"""Talks to a server that nobody knows."""

LIBRARY = "asyncio"
SERVICES = ("reddis",)

async def echo(value: int) -> int:
    return value
# => SERVICES: there is no service 'reddis' (did you mean redis?)
