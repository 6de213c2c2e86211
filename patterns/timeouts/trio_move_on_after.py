"""`trio.move_on_after`: a scope that is left when the time is up, and says whether it was.

Choose it when no answer is an answer, too: what follows the block looks at `cancelled_caught`, and no error is raised
that somebody would have to catch.
It costs a cancel scope and an entry among Trio's deadlines for every block.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    with trio.move_on_after(max(0, seconds)):
        return await call()
    raise trio.TooSlowError


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    results: list[T] = []
    with trio.move_on_after(max(0, seconds)) as scope:
        results = [await step() for step in steps]
    if scope.cancelled_caught:
        raise trio.TooSlowError
    return results


async def finish(seconds: float, call: Call[T]) -> T:
    with trio.move_on_after(max(0, seconds), shield=True):
        return await call()
    raise trio.TooSlowError


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (
    (
        "computing_ends_between_steps",
        "",
        "no timer fires while a task computes, and nobody looks at the clock between two steps",
    ),
)
