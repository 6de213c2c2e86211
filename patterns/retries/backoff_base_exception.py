"""`backoff.on_exception` with `BaseException`: everything is tried again but what is named; a trap.

Choose it when no caller is ever cancelled, and then write `Exception` all the same.
It costs the cancellation, which is a BaseException: it is tried again, a deadline around the call is lost, and a task
that was told to stop goes on.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import backoff

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    def gives_up(error: Exception) -> bool:
        return isinstance(error, fatal)

    everything: Any = BaseException  # its types know better
    return backoff.on_exception(
        backoff.expo, everything, max_tries=attempts, giveup=gives_up, factor=first, max_value=longest
    )


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "trap"
REQUIRES = ("backoff>=2.2.1",)
KNOWN_FAILURES = (
    ("other_errors_are_not_tried_again", "", "an exit is a BaseException, too; backoff 2.2.1"),
    ("cancelled_caller_is_cancelled", "", "a cancellation is a BaseException, too; backoff 2.2.1"),
    ("deadline_around_it_ends_it", "", "the cancellation by which a deadline works is tried again; backoff 2.2.1"),
    (
        "layers_keep_their_outcomes",
        "",
        "the cancellation by which the outer deadline works is tried again; backoff 2.2.1",
    ),
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
)
