"""`stamina.retry`: a decorator with few rules, good ones, on top of tenacity.

Choose it when you want waits that grow and are spread without thinking about it: nobody forgets the jitter, and what is
tried again has to be said. Tests can switch it off.
It costs about what tenacity does, and a line in the log, which is not written here. Its timeout is looked at between
attempts, as its documentation says.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import stamina

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    return stamina.retry(
        on=on, attempts=attempts, timeout=None, wait_initial=first, wait_max=longest, wait_jitter=first
    )


def retrying_within(
    on: Errors, seconds: float, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    return stamina.retry(on=on, attempts=None, timeout=seconds, wait_initial=first, wait_max=longest, wait_jitter=first)


# --- how it fits the contract ---

from stamina import instrumentation

LIBRARY = "any"
KIND = "package"
REQUIRES = ("stamina>=26.1.0",)
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
        "[!t]*",
    ),
    ("keeps_its_time", "", "timeout is looked at between attempts; stamina 26.1.0"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it; stamina 26.1.0"),
)

instrumentation.set_on_retry_hooks(())  # nobody reads the log of a measurement
