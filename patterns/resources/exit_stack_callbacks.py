"""`AsyncExitStack.push_async_callback`: resources are closed by their own method.

Choose it when resources have an `aclose()` already: it is the shortest way, and runs on asyncio and Trio alike.
It costs a wrapper per resource. When several closings fail, or the body and one of them, only the last error can be
caught; the others are its context.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with AsyncExitStack() as stack:
        handles = []
        for connect in connects:
            handles.append(handle := await connect())
            stack.push_async_callback(handle.aclose)
        yield handles


# --- how it fits the contract ---

LIBRARY = "any"
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
