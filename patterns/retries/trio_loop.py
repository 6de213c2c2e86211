"""A loop around `try` and `trio.sleep`: each wait is twice as long as the one before.

Choose it when the program runs on Trio and a few calls may fail for a moment: ten lines, and everybody can read them.
It costs a moment of thought about each line: where to stop, what to catch, what to do about the last error. Callers who
fail together come back together.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
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
            delay = first
            for _ in range(attempts - 1):
                try:
                    return await function(*args, **kwargs)
                except on:
                    await trio.sleep(delay)
                    delay = min(2 * delay, longest)
            return await function(*args, **kwargs)

        return call

    return decorate


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            delay = first
            for _ in range(attempts - 1):
                try:
                    return await function(*args, **kwargs)
                except fatal:
                    raise
                except Exception:
                    await trio.sleep(delay)
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
            with trio.fail_after(seconds):
                while True:
                    try:
                        return await function(*args, **kwargs)
                    except on:
                        await trio.sleep(delay)
                        delay = min(2 * delay, longest)

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "idiom"
KNOWN_FAILURES = (
    ("callers_come_back_apart", "", "all who fail at the same moment wait for as long"),
    ("groups_are_tried_again", "", "an ExceptionGroup is none of the named types, whatever is in it"),
)
