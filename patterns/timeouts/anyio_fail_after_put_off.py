"""`anyio.fail_after` with a deadline that is put off: what the documentation of its scope suggests.

Choose it when nothing can happen in the turn in which the deadline comes. `move_on_after` says what happened, and
raises nothing by itself.
It costs a timer for every message. Where one comes in the turn of the deadline and puts it off, the scope is cancelled,
and no TimeoutError is raised: the silence is taken for the end.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    with anyio.fail_after(seconds) as scope:
        while (message := await receive()) is not None:
            handle(message)
            scope.deadline = anyio.current_time() + seconds


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "trap"
KNOWN_FAILURES = (
    (
        "silence_is_no_end",
        "",
        "AnyIO 4.16.0: fail_after cuts the block off, and raises nothing if its deadline was put off by then",
    ),
)
