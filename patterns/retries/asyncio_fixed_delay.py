"""The loop in its shortest form: try, `except`, sleep, and raise the last error behind it.

Choose it when a script talks to one service, and nobody minds that it waits once more before it gives up.
It costs a wait behind the last attempt, and a server that is down is asked at the same pace all the time, by all of its
clients at once.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    del longest  # all waits are alike

    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            last: Exception = ValueError("attempts must be at least 1")
            for _ in range(attempts):
                try:
                    return await function(*args, **kwargs)
                except on as error:
                    last = error
                    await asyncio.sleep(first)
            raise last

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "idiom"
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
    ("waits_grow", "", "all waits are alike"),
    ("no_wait_behind_the_last", "", "it waits after each failure, and then sees that there is no further attempt"),
    ("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
)
