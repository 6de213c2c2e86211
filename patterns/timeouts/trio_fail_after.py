"""`trio.fail_after`: a block with a deadline, which raises `trio.TooSlowError`.

Choose it when you write for Trio: every wait inside is cancelled once the time is up, so that nothing can ignore it.
It costs a cancel scope and an entry among Trio's deadlines for every block. A clean-up that must wait needs a shield,
and a body that only computes is not ended.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    with trio.fail_after(max(0, seconds)):
        return await call()


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    with trio.fail_after(max(0, seconds)):
        return [await step() for step in steps]


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    with trio.fail_after(max(0, seconds)) as scope:
        while (message := await receive()) is not None:
            handle(message)
            scope.deadline = trio.current_time() + seconds


async def finish(seconds: float, call: Call[T]) -> T:
    with trio.fail_after(max(0, seconds), shield=True):
        return await call()


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (
    (
        "computing_ends_between_steps",
        "",
        "no timer fires while a task computes, and nobody looks at the clock between two steps",
    ),
)
