"""A loop that catches `BaseException`, to be safe: a trap.

Choose it when no caller is ever cancelled, and then write `except Exception` all the same.
It costs the program's end: a cancellation is a BaseException, too, and is tried again. A deadline around the call
passes and nobody notices, a client that has hung up is served, and a task that was told to stop does not.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            delay = first
            for _ in range(attempts - 1):
                try:
                    return await function(*args, **kwargs)
                except fatal:
                    raise
                except BaseException:
                    await asyncio.sleep(delay)
                    delay = min(2 * delay, longest)
            return await function(*args, **kwargs)

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    ("other_errors_are_not_tried_again", "", "an exit is a BaseException, too"),
    ("cancelled_caller_is_cancelled", "", "a cancellation is a BaseException, too"),
    ("deadline_around_it_ends_it", "", "the cancellation by which a deadline works is tried again"),
    ("layers_keep_their_outcomes", "", "the cancellation by which the outer deadline works is tried again"),
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
)
