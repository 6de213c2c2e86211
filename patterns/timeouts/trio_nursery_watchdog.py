"""A watchdog in a Trio nursery: a second task that sleeps, and cancels the nursery when it wakes up.

Choose it when the deadline is more than a moment, such as a sign of life that may be missing: the watchdog can look.
It costs a nursery, a task and an entry among Trio's deadlines for every call.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


async def within(seconds: float, call: Call[T]) -> T:
    results: list[T] = []
    errors: list[Exception] = []

    async def bark() -> None:
        await trio.sleep(max(0, seconds))
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(bark)
        try:
            results.append(await call())
        except Exception as error:
            errors.append(error)  # as it is, and not in a group
        nursery.cancel_scope.cancel()
    if errors:
        raise errors.pop()
    if not results:
        raise trio.TooSlowError
    return results[0]


# --- how it fits the contract ---

LIBRARY = "trio"
