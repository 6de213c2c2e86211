"""aioretry: a decorator around a function that says, after each failure, whether and when to go on.

Choose it when the rule is easier to write as a function than to put together from parts.
It costs writing that function: what to try again, when to stop, how waits grow and whether chance takes part is yours.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from aioretry import RetryInfo, retry  # type: ignore[attr-defined]  # it exports what it imports

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    def policy(info: RetryInfo) -> tuple[bool, float]:
        given_up = info.fails >= attempts or not isinstance(info.exception, on)
        return given_up, min(longest, first * 2.0 ** min(info.fails - 1, 60))

    return retry(policy)  # type: ignore[return-value]  # it says that it returns awaitables


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("aioretry>=6.3.1",)
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
    ),
    ("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
)
