"""A loop around `try` and `time.sleep`, as it was before the function became a coroutine: a trap.

Choose it when a script has nothing else to do meanwhile; `await asyncio.sleep` is as long. Decorators that were written
for threads do this.
It costs everybody else: while one call waits, no other task of the program runs, and no deadline passes.
"""

import time
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

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
                except on:
                    time.sleep(delay)  # noqa: ASYNC251  the trap
                    delay = min(2 * delay, longest)
            return await function(*args, **kwargs)

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
    ("never_holds_up_the_loop", "", "time.sleep holds up the thread of the loop"),
    ("waits_grow", "", "while it waits, no time passes for anybody else"),
    ("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
)
