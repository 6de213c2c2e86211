"""A range that is none."""

LIBRARY = "asyncio"
KNOWN_FAILURES = (("gives_back", ">3,<", "seen"),)

async def echo(value: int) -> int:
    return value
# => KNOWN_FAILURES: entry 1: python: ">3,<" is no version range: write "" for all, or one such as ">=3.12" or "<3.13.2"
