"""Says that it fails, and does not; says that it cannot be asked, and need not be."""

LIBRARY = "trio"
KNOWN_FAILURES = (("gives_back", ">=3.11", "planted"), ("asked_once", "<3", "another Python"))
NOT_APPLICABLE = (("no_complaints", "nobody listens", "trio"), ("nothing_left_behind", "elsewhere", "asyncio"))


async def whisper(value: int) -> int:
    return value
