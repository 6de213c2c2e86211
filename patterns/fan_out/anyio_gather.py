"""`anyio.gather`: `asyncio.gather` as it should have been, on asyncio and Trio.

Choose it when you want all results in one line and no job left behind after an error.
It costs what an AnyIO task group costs: it is one.
"""

from collections.abc import Iterable

import anyio

from patterns.fan_out import Job, T

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16.0",)
KNOWN_FAILURES = (
    (
        "cancellation_survives_error",
        "",
        "tests/patterns/test_fan_out.py: a cancellation of the caller is lost when a job fails meanwhile",
        "[!t]*",  # every loop but Trio's
    ),
)


async def collect(jobs: Iterable[Job[T]]) -> list[T]:
    return list(await anyio.gather(*[job() for job in jobs]))
