"""`pyresilience.resilient`: one decorator for retries, timeouts, breakers, and more.

Choose it when several of these are wanted around the same call, in an order that somebody has thought about.
It costs a young package, and processor time for all the parts that are not used.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from pyresilience import RetryConfig, resilient

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    return resilient(
        retry=RetryConfig(max_attempts=attempts, delay=first, max_delay=longest, retry_on=on),
    )


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    return resilient(
        retry=RetryConfig(max_attempts=attempts, delay=first, max_delay=longest, ignore_on=fatal),
    )


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pyresilience>=0.4.1",)
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
    (
        "outlives_a_long_outage",
        "",
        "two to the power of 1024 is too large for a float: OverflowError; pyresilience 0.4.1",
    ),
)
