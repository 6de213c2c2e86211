"""`async with` inside `async with`: a block per resource, by recursion if there are many.

Choose it when a block has two or three resources, which you write down: nothing is easier to read.
It costs a generator per resource, all of which are on the stack at the same time: a few hundred are more than Python
allows. When several closings fail, or the body and one of them, only the last error can be caught.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def held(connect: Connect[H]) -> AsyncIterator[H]:
    handle = await connect()
    try:
        yield handle
    finally:
        await handle.aclose()


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    if not connects:
        yield []
        return
    async with held(connects[0]) as first, opened(connects[1:]) as others:
        yield [first, *others]


# --- how it fits the contract ---

LIBRARY = "any"
KNOWN_FAILURES = (
    ("farewell_when_cancelled", "", "a closing is cancelled with its user, at every wait", "trio"),
    ("every_error_is_told", "", "what was raised last is raised; the rest is its context"),
    (
        "cancellation_survives_failed_closing",
        "",
        "what a closing raised is raised, in the place of the cancellation that came before",
        "[!t]*",
    ),
)
