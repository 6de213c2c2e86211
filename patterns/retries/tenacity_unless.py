"""`tenacity.retry_if_not_exception_type`: everything is tried again but what is named; a trap.

Choose it when no caller is ever cancelled; `retry_if_exception_type(Exception) & retry_if_not_exception_type(...)` says
what is meant.
It costs the cancellation: CancelledError is none of the named ones, either, and is tried again. A deadline around the
call is lost, and a cancellation of the last attempt becomes a RetryError, or the answer of a `retry_error_callback`.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import tenacity

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    return tenacity.retry(
        retry=tenacity.retry_if_not_exception_type(fatal),
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_exponential_jitter(multiplier=first, max=longest, jitter=first),
        reraise=True,
    )


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "trap"
REQUIRES = ("tenacity>=9.2.1",)
KNOWN_FAILURES = (
    ("other_errors_are_not_tried_again", "", "an exit is none of the named types, either; tenacity 9.2.1"),
    (
        "cancelled_caller_is_cancelled",
        "",
        "CancelledError is none of the named types, either: it is tried again; tenacity 9.2.1",
        "[!t]*",
    ),
    (
        "deadline_around_it_ends_it",
        "",
        "CancelledError is none of the named types, either: it is tried again; tenacity 9.2.1",
        "[!t]*",
    ),
    (
        "layers_keep_their_outcomes",
        "",
        "CancelledError is none of the named types, either: it is tried again; tenacity 9.2.1",
        "[!t]*",
    ),
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
        "[!t]*",
    ),
)
