"""Our own best for asyncio: a first attempt costs a `try`, and a clean-up that fails ends them all.

Choose it when a program calls what hardly ever fails, very often; or when a deadline or a task group around it must be
able to rely on being obeyed, whatever an attempt raises while it is being cancelled.
It costs these lines in your program. Waits are drawn from the upper half of their bound, groups of errors are looked
into, and a time is kept by a timer that is armed only when the first attempt waits for something.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Generator
from functools import partial, wraps
from random import random
from types import coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


def _nothing_but(errors: Errors, error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup) and not isinstance(error, errors):
        return all(_nothing_but(errors, part) for part in error.exceptions)
    return isinstance(error, errors)


def _nothing_of(errors: Errors, error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_nothing_of(errors, part) for part in error.exceptions)
    return not isinstance(error, errors)


def _bounds(first: float, longest: float) -> list[float]:
    bounds = [first]
    while 0 < bounds[-1] < longest:
        bounds.append(min(2 * bounds[-1], longest))
    return bounds


def _instead_of_a_cancellation(error: BaseException | None, before: BaseException | None) -> bool:
    """Whether an attempt raised this while it was being cancelled; what its caller handled before it says nothing."""
    while error is not None and error is not before:
        if isinstance(error, asyncio.CancelledError):
            return True
        ended = error.__cause__ or error.__context__  # asyncio's deadline names what it ended, AnyIO's follows it
        if isinstance(error, TimeoutError) and isinstance(ended, asyncio.CancelledError):
            error = ended  # a deadline within the attempt has taken its cancellation back
        error = error.__context__
    return False


@coroutine
def _resumed(call: Coroutine[Any, Any, T], waiting: Any) -> Generator[Any, Any, T]:
    """The rest of a call that has begun, and waits for something."""
    while True:
        thrown: BaseException | None = None
        try:
            yield waiting
        except BaseException as error:
            thrown = error  # or a cancellation; it goes on to the attempt once it is no longer handled here
        if thrown is None:
            rest: T = yield from call
            return rest
        try:
            waiting = call.throw(thrown)
        except StopIteration as end:
            answer: T = end.value
            return answer
        finally:
            del thrown  # it refers to this frame: no cycle for the collector


def _decorator(
    on: Errors, or_else: Callable[[Exception], bool], attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    bounds = _bounds(first, longest)
    last = len(bounds) - 1

    def decorate(function: Function[P, T]) -> Function[P, T]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            made = 0
            while True:
                try:
                    return await function(*args, **kwargs)
                except Exception as error:
                    made += 1
                    if made == attempts or not (isinstance(error, on) or or_else(error)):
                        raise
                    suspect = error if (task := asyncio.current_task()) and task.cancelling() else None
                if suspect is not None:
                    try:
                        if _instead_of_a_cancellation(suspect, sys.exc_info()[1]):
                            raise suspect
                    finally:
                        suspect = None
                bound = bounds[made - 1 if made <= last else last]
                await asyncio.sleep(bound * (0.5 + random() / 2))  # some come back earlier, and none at once

        return call

    return decorate


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Callable[[Function[P, T]], Function[P, T]]:
    return _decorator(on, partial(_nothing_but, on), attempts, first, longest)


def retrying_all_but(
    fatal: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    return _decorator((), partial(_nothing_of, fatal), attempts, first, longest)


def retrying_within(
    on: Errors, seconds: float, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, T]]:
    again: Callable[[Function[P, T]], Function[P, T]] = retrying(on, sys.maxsize, first, longest)

    def decorate(function: Function[P, T]) -> Function[P, T]:
        tried = again(function)

        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            begun = tried(*args, **kwargs)
            try:
                waiting = begun.send(None)
            except StopIteration as end:
                answer: T = end.value
                return answer  # it waited for nothing, and needed no timer
            async with asyncio.timeout(seconds):
                return await _resumed(begun, waiting)

        return call

    return decorate


def counting(
    on: Errors, attempts: int, first: float, longest: float
) -> Callable[[Function[P, T]], Function[P, tuple[T, int]]]:
    again: Callable[[Function[P, T]], Function[P, T]] = retrying(on, attempts, first, longest)

    def decorate(function: Function[P, T]) -> Function[P, tuple[T, int]]:
        @wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> tuple[T, int]:
            made = 0

            async def counted(*args: P.args, **kwargs: P.kwargs) -> T:
                nonlocal made
                made += 1
                return await function(*args, **kwargs)

            return await again(counted)(*args, **kwargs), made

        return call

    return decorate


# --- how it fits the contract ---

LIBRARY = "asyncio"
KIND = "own"
