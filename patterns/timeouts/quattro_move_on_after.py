"""`quattro.move_on_after`: a scope that is left when the time is up, and says whether it was.

Choose it when no answer is an answer, too, without AnyIO: what follows the block looks at `cancelled_caught`.
It costs a timer for every block, and a context variable that holds the stack of scopes.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from quattro import move_on_after

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    with move_on_after(seconds):
        return await call()
    raise TimeoutError


LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("quattro>=26.1.0",)
KNOWN_FAILURES = (
    (
        "stubborn_body_is_ended",
        "",
        "asyncio is documented to cancel once: a body that swallows that waits on for as long as it likes",
    ),
    (
        "no_stray_cancellation",
        "",
        "quattro 26.1.0: cancelling() stays at 1 if the cancelled body ends by an error or answer of its own",
    ),
    (
        "works_in_clean_up",
        "",
        "quattro 26.1.0 looks for cancelling() == 0, and lets CancelledError out of a task that was cancelled before",
    ),
)
