"""`hyx.retry.retry`: a decorator with a choice of ways in which waits grow.

Choose it when a program has hyx for its other parts, and only one caller at a time uses the function.
It costs a release since 2023, which there was not. All callers of a function share how far its waits have grown, and
the last error is lost.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from hyx.retry import retry
from hyx.retry.backoffs import expo

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    return retry(on=on, attempts=attempts - 1, backoff=expo(min_delay_secs=first, max_delay_secs=longest))


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("hyx>=0.0.2",)
KNOWN_FAILURES = (
    ("last_error_reaches_caller", "", "MaxAttemptsExceeded comes without the error that it is about; hyx 0.0.2"),
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
    (
        "waits_grow",
        "",
        "one generator of waits belongs to the function: each failure of any caller doubles the wait of all; hyx 0.0.2",
    ),
    ("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
    (
        "outlives_a_long_outage",
        "",
        "without a longest wait above zero, two to the power of 1024 is too large for a float: OverflowError",
    ),
    ("cause_is_kept", "", "MaxAttemptsExceeded comes without the error that it is about; hyx 0.0.2"),
)
