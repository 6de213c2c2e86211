"""`tenacity.retry`: a decorator put together from when to stop, how long to wait and what to try again.

Choose it when the rules differ from call to call and are to be read where they stand: every rule is a name. It tells
before and after each attempt, and how often it tried.
It costs more than anything else here, for answers that come at once, too. `reraise` is not the default: without it what
arrives is a RetryError.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import tenacity

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    return tenacity.retry(
        retry=tenacity.retry_if_exception_type(on),
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_exponential_jitter(multiplier=first, max=longest, jitter=first),
        reraise=True,
    )


def retrying_within(
    on: Errors, seconds: float, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    return tenacity.retry(
        retry=tenacity.retry_if_exception_type(on),
        stop=tenacity.stop_before_delay(seconds),
        wait=tenacity.wait_exponential_jitter(multiplier=first, max=longest, jitter=first),
        reraise=True,
    )


def counting(
    on: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, tuple[T, int]]]:
    def decorate(function: Function[P, T]) -> Function[P, tuple[T, int]]:
        again: Any = retrying(on, attempts, first, longest)(function)

        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> tuple[T, int]:
            answer = await again(*args, **kwargs)
            return answer, again.statistics["attempt_number"]

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "any"
KIND = "package"
REQUIRES = ("tenacity>=9.2.1",)
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
        "[!t]*",
    ),
    ("keeps_its_time", "", "stop_before_delay is looked at between attempts; tenacity 9.2.1"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
    ("attempts_are_counted", "", "all calls of a function write into the same statistics; tenacity 9.2.1"),
)
