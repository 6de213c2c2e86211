"""Two fields for three."""

LIBRARY = "asyncio"
KNOWN_FAILURES = (("gives_back", "it keeps everything"),)

async def echo(value: int) -> int:
    return value
# => KNOWN_FAILURES: entry 1 has 2 fields, wanted are promise, python, evidence[, backends]
