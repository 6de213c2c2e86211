"""A loop around `try` and `anyio.sleep`, with `anyio.fail_after` around it where time is short.

Choose it when the same code runs on asyncio and Trio, and a deadline is to end a hanging attempt, too.
It costs what a scope of AnyIO costs where there is a time; otherwise no more than a loop of asyncio's.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import anyio

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            delay = first
            for _ in range(attempts - 1):
                try:
                    return await function(*args, **kwargs)
                except on:
                    await anyio.sleep(delay)
                    delay = min(2 * delay, longest)
            return await function(*args, **kwargs)

        return call

    return decorate


def retrying_within(
    on: Errors, seconds: float, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            delay = first
            with anyio.fail_after(seconds):
                while True:
                    try:
                        return await function(*args, **kwargs)
                    except on:
                        await anyio.sleep(delay)
                        delay = min(2 * delay, longest)
            raise AssertionError("unreachable")  # fail_after lets nothing through

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "anyio"
KIND = "package"
REQUIRES = ("anyio>=4.16.0",)
KNOWN_FAILURES = (
    (
        "failing_clean_up_is_no_failure",
        "",
        "what an attempt raises while it is being cancelled is a failure like any other, and tried again",
        "[!t]*",
    ),
    ("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
)
