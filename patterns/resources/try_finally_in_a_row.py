"""A trap: `try`/`finally` by hand, whose `finally` closes one after the other.

Choose it when there is one resource, whose closing is the last line.
It costs what stands behind the first closing that fails, or is cancelled: the `finally` ends there, and the others stay
open. On Trio that is so whenever the body was cancelled, as nothing shields the first wait.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    handles: list[H] = []
    try:
        for connect in connects:
            handles.append(await connect())  # noqa: PERF401  it must be known when the next one fails
        yield handles
    finally:
        for handle in reversed(handles):
            await handle.aclose()


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("failed_closing_closes_the_others", "", "the finally ends with the first closing that fails"),
    ("cancelled_caller_leaves_nothing_open", "", "the finally ends with the first closing that is cancelled"),
    ("farewell_when_cancelled", "", "the finally ends with the first closing that is cancelled", "trio"),
    ("every_error_is_told", "", "the finally ends with the first closing that fails"),
    (
        "cancellation_survives_failed_closing",
        "",
        "what a closing raised is raised in the place of the cancellation that came before",
        "[!t]*",
    ),
)
