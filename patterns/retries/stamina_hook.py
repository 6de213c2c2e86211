"""`stamina.retry` with a hook for `on` that says no to what is named and yes to all else: a trap.

Choose it when the hook asks `isinstance(error, Exception)` first, although its type says that it sees nothing else.
It costs the cancellation, which the hook is asked about, too: it is tried again, a deadline around the call is lost,
and a task that was told to stop goes on.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import stamina

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    def passes(error: Exception) -> bool:
        return not isinstance(error, fatal)

    return stamina.retry(
        on=passes, attempts=attempts, timeout=None, wait_initial=first, wait_max=longest, wait_jitter=first
    )


# --- how it fits the contract ---

from stamina import instrumentation

LIBRARY = "any"
KIND = "trap"
REQUIRES = ("stamina>=26.1.0",)
KNOWN_FAILURES = (
    ("other_errors_are_not_tried_again", "", "the hook is asked about an exit, too; stamina 26.1.0"),
    ("cancelled_caller_is_cancelled", "", "the hook is asked about a cancellation, too; stamina 26.1.0", "[!t]*"),
    (
        "deadline_around_it_ends_it",
        "",
        "the hook is asked about the cancellation by which a deadline works; stamina 26.1.0",
        "[!t]*",
    ),
    (
        "layers_keep_their_outcomes",
        "",
        "the hook is asked about the cancellation by which the outer deadline works; stamina 26.1.0",
        "[!t]*",
    ),
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
        "[!t]*",
    ),
)

instrumentation.set_on_retry_hooks(())  # nobody reads the log of a measurement
