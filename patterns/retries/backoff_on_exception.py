"""`backoff.on_exception`: a decorator that takes its waits from a generator.

Choose it when a program has it already: it is small, has full jitter by default, and does what it says.
It costs a release since 2022, which there was not. Its `max_time` is looked at between attempts, on the time of day.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import backoff

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    return backoff.on_exception(backoff.expo, on, max_tries=attempts, factor=first, max_value=longest)


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    def gives_up(error: Exception) -> bool:
        return isinstance(error, fatal)

    return backoff.on_exception(
        backoff.expo, Exception, max_tries=attempts, giveup=gives_up, factor=first, max_value=longest
    )


def retrying_within(
    on: Errors, seconds: float, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    return backoff.on_exception(backoff.expo, on, max_time=seconds, factor=first, max_value=longest)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("backoff>=2.2.1",)
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
    ("keeps_its_time", "", "max_time is looked at between attempts; backoff 2.2.1"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
)
