"""Forgets the comma behind its only exemption."""

LIBRARY = "asyncio"
NOT_APPLICABLE = (("gives_back", "it keeps everything"))

async def echo(value: int) -> int:
    return value
# => NOT_APPLICABLE: entry 1: "gives_back" is no (promise, reason[, backends]): a tuple of one entry needs a comma behind it
