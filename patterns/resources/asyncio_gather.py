"""A trap: `asyncio.gather` opens all at once, and closes all at once.

Choose it when resources have nothing to do with each other, none of them can fail to open, and nobody asks whether they
closed.
It costs what was open when one could not be opened, or the caller was cancelled meanwhile: nobody closes that. What
closings raise is thrown away.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    async def aclose(self) -> None: ...


H = TypeVar("H", bound=Closable)
Connect = Callable[[], Coroutine[Any, Any, H]]


@asynccontextmanager
async def opened(connects: Sequence[Connect[H]]) -> AsyncIterator[list[H]]:
    handles = await asyncio.gather(*(connect() for connect in connects))
    try:
        yield handles
    finally:
        await asyncio.gather(*(handle.aclose() for handle in handles), return_exceptions=True)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("failed_opening_closes_the_others", "", "gather hands out its first error, and nobody has what it has opened"),
    ("cancelled_caller_leaves_nothing_open", "", "what gather has opened is lost with it when it is cancelled"),
    ("closing_error_reaches_caller", "", "gather returns what closings raise, and nobody looks"),
    ("every_error_is_told", "", "gather returns what closings raise, and nobody looks"),
    ("opens_in_order", "", "all are opened at once"),
    ("closes_in_reverse", "", "all are closed at once"),
    ("opened_and_closed_by_its_task", "", "gather makes a task for each opening and closing"),
)
