"""Correct: each attempt is a task of a nursery of its own."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import trio

from patterns.retries import Errors, Retrying

LIBRARY = "trio"


async def _in_a_nursery(attempt: Callable[[], Awaitable[Any]]) -> Any:
    answers: list[Any] = []
    errors: list[BaseException] = []

    async def run() -> None:
        try:
            answers.append(await attempt())
        except trio.Cancelled:
            raise
        except BaseException as error:
            errors.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
    if errors:
        raise errors.pop()
    return answers[0]


def retrying(on: Errors, attempts: int, first: float, longest: float) -> Retrying:
    def again(error: BaseException) -> bool:
        if isinstance(error, ExceptionGroup):
            return all(map(again, error.exceptions))
        return isinstance(error, on)

    def decorate(function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            wait = first
            for attempt in range(1, attempts + 1):
                try:
                    return await _in_a_nursery(lambda: function(*args, **kwargs))
                except Exception as error:
                    if attempt == attempts or not again(error):
                        raise
                await trio.sleep(wait * random.uniform(0.3, 1))
                wait = min(2 * wait, longest)
            raise AssertionError("unreachable")

        return call

    return decorate
