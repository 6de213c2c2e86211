"""`stamina.retry_context`: the lines that are tried again stand in a block.

Choose it when a few lines are to be tried again and not a function of their own; the attempt knows its number.
It costs about what the decorator of the same package does.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import stamina

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            async for attempt in stamina.retry_context(on, attempts, None, first, longest, first):
                with attempt:
                    return await function(*args, **kwargs)
            raise AssertionError("unreachable")

        return call

    return decorate


def counting(
    on: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, tuple[T, int]]]:
    def decorate(function: Function[P, T]) -> Function[P, tuple[T, int]]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> tuple[T, int]:
            async for attempt in stamina.retry_context(on, attempts, None, first, longest, first):
                with attempt:
                    return await function(*args, **kwargs), attempt.num
            raise AssertionError("unreachable")

        return call

    return decorate


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
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it; stamina 26.1.0"),
)

instrumentation.set_on_retry_hooks(())  # nobody reads the log of a measurement
