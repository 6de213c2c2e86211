"""Correct, and slow: turns of the loop around everything, and waits in pieces."""

import asyncio
import random
from collections.abc import Callable
from functools import wraps
from typing import Any

import anyio
from anyio.lowlevel import checkpoint

from patterns.retries import Errors, Retrying

LIBRARY = "anyio"
PIECES = 3


class _Patience:
    def __init__(self, first: float, longest: float) -> None:
        self.next, self.longest = first, longest

    async def wait(self) -> None:
        for _ in range(PIECES):
            await anyio.sleep(self.next * random.random() / PIECES)
        self.next = min(2 * self.next, self.longest)


def _told_to_end() -> int:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # there is no loop of asyncio
        return 0
    return task.cancelling() if task else 0


def _parts(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for part in error.exceptions for leaf in _parts(part)]
    return [error]


def _patiently(again: Callable[[BaseException], bool], attempts: int, first: float, longest: float) -> Retrying:
    def decorate(function: Any) -> Any:
        @wraps(function)
        async def call(*args: Any, **kwargs: Any) -> Any:
            before = _told_to_end()
            patience = _Patience(first, longest)
            await checkpoint()
            for left in range(attempts - 1, -1, -1):
                failure: Exception | None = None
                try:
                    answer = await function(*args, **kwargs)
                except Exception as error:
                    failure = error
                if failure is None:
                    await checkpoint()
                    return answer
                if not left or not all(map(again, _parts(failure))) or _told_to_end() > before:
                    try:
                        raise failure
                    finally:
                        del failure
                await patience.wait()
            raise AssertionError("unreachable")

        return call

    return decorate


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Retrying:
    return _patiently(lambda error: isinstance(error, on), attempts, first, longest)


def retrying_all_but(fatal: Errors, attempts: int, first: float, longest: float) -> Retrying:
    return _patiently(lambda error: not isinstance(error, fatal), attempts, first, longest)
