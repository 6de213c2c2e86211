"""`contextlib.aclosing` around each resource, in an `AsyncExitStack`.

Choose it when resources have an `aclose()` and no `__aexit__`, and the stack holds other context managers, too.
It costs an object and two calls more per resource than the stack's own callbacks. When several closings fail only the
last error can be caught.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(aclosing(await connect())) for connect in connects]


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
