"""A loop over attempts, without any of the defects planted beside it."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio

from patterns.retries import Counting, Errors, Retrying

LIBRARY = "anyio"
Attempt = Callable[[], Awaitable[Any]]


def _cancellations() -> int:
    if anyio.get_cancelled_exc_class() is not asyncio.CancelledError:
        return 0  # scopes cancel again by themselves
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _all(on: Errors, error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_all(on, part) for part in error.exceptions)
    return isinstance(error, on)


def _none(fatal: Errors, error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_none(fatal, part) for part in error.exceptions)
    return not isinstance(error, fatal)


def _wait(made: int, first: float, longest: float) -> float:
    bound = min(longest, first * 2.0 ** min(made - 1, 50))
    return bound * random.uniform(0.5, 1)


async def _run(
    attempt: Attempt, again: Callable[[BaseException], bool], attempts: int, first: float, longest: float
) -> tuple[Any, int]:
    cancelled = _cancellations()
    made = 0
    while True:
        made += 1
        try:
            return await attempt(), made
        except Exception as error:
            if made == attempts or not again(error):
                raise
            if _cancellations() > cancelled:
                raise
        await anyio.sleep(_wait(made, first, longest))


def _decorator(run: Callable[[Attempt], Awaitable[tuple[Any, int]]]) -> Retrying:
    def decorate(function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            answer, _ = await run(partial(function, *args, **kwargs))
            return answer

        return call

    return decorate


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Retrying:
    return _decorator(partial(_run, again=partial(_all, on), attempts=attempts, first=first, longest=longest))


def retrying_all_but(fatal: Errors, attempts: int, first: float, longest: float) -> Retrying:
    return _decorator(partial(_run, again=partial(_none, fatal), attempts=attempts, first=first, longest=longest))


def retrying_within(on: Errors, seconds: float, first: float, longest: float) -> Retrying:
    async def run(attempt: Attempt) -> tuple[Any, int]:
        with anyio.fail_after(seconds):
            return await _run(attempt, partial(_all, on), sys.maxsize, first, longest)
        raise AssertionError("unreachable")

    return _decorator(run)


def counting(on: Errors, attempts: int, first: float, longest: float) -> Counting:
    def decorate(function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> tuple[Any, int]:
            attempt = partial(function, *args, **kwargs)
            answer, made = await _run(attempt, partial(_all, on), attempts, first, longest)
            return answer, made

        return call

    return decorate
