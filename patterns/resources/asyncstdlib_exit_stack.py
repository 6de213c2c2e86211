"""`asyncstdlib.ExitStack`: a stack of synchronous and async context managers alike.

Choose it when you use asyncstdlib already: it runs on every loop, and `enter_context` and `push` take either kind.
It costs what the standard library's stack costs, and a little more per resource. When several closings fail only the
last error can be caught.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from asyncstdlib.contextlib import ExitStack, closing


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with ExitStack() as stack:
        yield [await stack.enter_context(closing(await connect())) for connect in connects]


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "package"
REQUIRES = ("asyncstdlib>=3.14.0",)
KNOWN_FAILURES = (
    ("farewell_when_cancelled", "", "a closing is cancelled with its user, at every wait", "trio"),
    ("every_error_is_told", "", "the stack raises what was raised last; the rest is its context"),
    (
        "cancellation_survives_failed_closing",
        "",
        "the stack raises what a closing raised, in the place of the cancellation that came before",
        "[!t]*",
    ),
)
