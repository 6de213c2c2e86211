"""`anyio.move_on_after`: a scope that is left when the time is up, with a shield for a clean-up.

Choose it when no answer is an answer, too, or for a clean-up that a cancellation may not cut off on asyncio and Trio.
It costs a cancel scope with book-keeping around the task. Behind a shield only the scope's own deadline ends a wait;
`task.cancel()` of asyncio goes through it.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    with anyio.move_on_after(seconds):
        return await call()
    raise TimeoutError


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    results: list[T] = []
    with anyio.move_on_after(seconds) as scope:
        results = [await step() for step in steps]
    if scope.cancelled_caught:
        raise TimeoutError
    return results


async def finish(seconds: float, call: Call[T]) -> T:
    with anyio.move_on_after(seconds, shield=True):
        return await call()
    raise TimeoutError


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    (
        "computing_ends_between_steps",
        "",
        "no timer fires while a task computes, and nobody looks at the clock between two steps",
    ),
    ("clean_up_is_finished", "", "AnyIO's shield is documented to hold off scopes, and not task.cancel()", "[!t]*"),
)
