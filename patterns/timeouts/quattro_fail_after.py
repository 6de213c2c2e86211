"""`quattro.fail_after`: cancel scopes in the manner of Trio, for asyncio.

Choose it when you want to move a deadline, or to cancel a scope by hand, without AnyIO.
It costs a timer for every block, and a context variable that holds the stack of scopes.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from quattro import fail_after

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    with fail_after(seconds):
        return await call()


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    with fail_after(seconds):
        return [await step() for step in steps]


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    now = asyncio.get_running_loop().time
    with fail_after(seconds) as scope:
        while (message := await receive()) is not None:
            handle(message)
            scope.deadline = now() + seconds


# --- how it fits the contract ---

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
        "computing_ends_between_steps",
        "",
        "no timer fires while a task computes, and nobody looks at the clock between two steps",
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
