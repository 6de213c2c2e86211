"""`aiomisc.asyncretry` and `asyncbackoff`: a decorator with a fixed pause, and one that keeps a time.

Choose it when the program has aiomisc for its services, and a hanging attempt is to end with the time.
It costs waits that do not grow. A TimeoutError is always tried again, whether or not it was named.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from aiomisc import asyncbackoff, asyncretry

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    del longest  # all waits are alike
    return asyncretry(attempts, exceptions=on, pause=first)


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    del longest

    def gives_up(error: Exception) -> bool:
        return isinstance(error, fatal)

    return asyncretry(attempts, pause=first, giveup=gives_up)


def retrying_within(
    on: Errors, seconds: float, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    del longest
    return asyncbackoff(None, seconds, first, exceptions=on)


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aiomisc>=18.0.37",)
KNOWN_FAILURES = (
    (
        "other_errors_are_not_tried_again",
        "",
        "aiomisc 18.0.37 adds TimeoutError to whatever types it is told to try again",
    ),
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
    ("waits_grow", "", "all waits are alike"),
    ("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
)
