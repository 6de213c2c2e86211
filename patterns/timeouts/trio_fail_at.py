"""`trio.fail_at`: one moment by which everything must be over, handed from call to call.

Choose it when a request has one deadline and makes several calls: each gets what is left, and nothing is added up.
It costs a cancel scope and an entry among Trio's deadlines for every call.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def by(deadline: float, call: Call[T]) -> T:
    with trio.fail_at(deadline):
        return await call()


async def within(seconds: float, call: Call[T]) -> T:
    return await by(trio.current_time() + seconds, call)


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    deadline = trio.current_time() + seconds
    return [await by(deadline, step) for step in steps]


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (
    (
        "computing_ends_between_steps",
        "",
        "no timer fires while a task computes, and nobody looks at the clock between two steps",
    ),
)
