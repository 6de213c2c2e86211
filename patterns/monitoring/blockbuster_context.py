"""`blockbuster.blockbuster_ctx`: calls that block raise `BlockingError` while a loop is running.

Choose it when tests are to find calls that block: each of them fails at the line that makes it, with a traceback.
It costs a program that is no longer served slowly, but not at all: `time.sleep`, files and blocking sockets raise. Code
that computes for long is not seen, and only loops of asyncio are watched.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from blockbuster import blockbuster_ctx

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("blockbuster>=1.5.29",)
CAVEATS = ("it knows calls that block, and not code that computes",)
KNOWN_FAILURES = (
    ("slow_code_goes_on", "", "blockbuster is documented to raise BlockingError in a call that blocks"),
    ("kept_interpreter_is_told", "", "blockbuster looks at calls that block, and not at what computes"),
)


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:  # noqa: ARG001  it raises
    with blockbuster_ctx():
        yield
