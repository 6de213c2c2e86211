"""A loop with full jitter: each wait is drawn between nothing and twice the last bound.

Choose it when many callers lose the same server at the same moment: they come back one by one, by one call of `random`.
It costs a wait that may be none at all, and shorter ones than asked for in the mean. The formula is the usual one, and
its power is too large for a float after a thousand attempts.
"""

import random
from collections.abc import Callable, Coroutine
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar

import trio

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            for attempt in count():
                try:
                    return await function(*args, **kwargs)
                except on:
                    if attempt + 1 == attempts:
                        raise
                    await trio.sleep(random.uniform(0, min(longest, first * 2**attempt)))
            raise AssertionError("unreachable")

        return call

    return decorate


def counting(
    on: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, tuple[T, int]]]:
    def decorate(function: Function[P, T]) -> Function[P, tuple[T, int]]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> tuple[T, int]:
            for attempt in count():
                try:
                    return await function(*args, **kwargs), attempt + 1
                except on:
                    if attempt + 1 == attempts:
                        raise
                    await trio.sleep(random.uniform(0, min(longest, first * 2**attempt)))
            raise AssertionError("unreachable")

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
    ("outlives_a_long_outage", "", "two to the power of 1024 is too large for a float: OverflowError"),
)
