"""A loop around `except*`: a group of errors is tried again if nothing else is in it.

Choose it when what you call uses a task group or a nursery inside: what it raises is a group, which `except` does not
see, and `except*` sees a bare error, too.
It costs a group around each failure. An error that is not to be tried again arrives in what is left of its group.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import trio

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            delay = first
            for _ in range(attempts - 1):
                try:
                    return await function(*args, **kwargs)
                except* on:
                    pass  # what is not one of these leaves the loop, in a group of its own
                await trio.sleep(delay)
                delay = min(2 * delay, longest)
            return await function(*args, **kwargs)

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),)
