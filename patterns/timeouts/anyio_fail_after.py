"""`anyio.fail_after`: Trio's scope with a deadline, on asyncio as well.

Choose it when one code base must run on both, or when every wait inside is to be cancelled once the time is up.
It costs a cancel scope with book-keeping around the task. A clean-up that must wait needs a shield on asyncio, too.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    with anyio.fail_after(seconds):
        return await call()


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    with anyio.fail_after(seconds):
        return [await step() for step in steps]


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    with anyio.move_on_after(seconds) as scope:
        while (message := await receive()) is not None:
            handle(message)
            scope.deadline = anyio.current_time() + seconds
        return
    raise TimeoutError  # `fail_after` may say nothing, where its deadline was put off in the turn in which it came


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
KNOWN_FAILURES = (
    (
        "computing_ends_between_steps",
        "",
        "no timer fires while a task computes, and nobody looks at the clock between two steps",
    ),
)
