"""Correct, and unusual: attempts are blocks that an iterator gives out, as long as there is time."""

import asyncio
import math
import random
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import anyio

from patterns.retries import Counting, Errors, Retrying

LIBRARY = "anyio"


class _Block:
    def __init__(self, number: int, last: bool, on: Errors) -> None:
        self.number, self.last, self.on = number, last, on
        self.failed = False
        self.before = self._requests()

    def _requests(self) -> int:
        asyncios = anyio.get_cancelled_exc_class() is asyncio.CancelledError
        task = asyncio.current_task() if asyncios else None
        return task.cancelling() if task else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None or self.last or self._requests() > self.before:
            return False
        if isinstance(error, BaseExceptionGroup):
            self.failed = error.split(self.on)[1] is None
        else:
            self.failed = isinstance(error, self.on)
        return self.failed


async def _blocks(on: Errors, attempts: float, first: float, longest: float) -> AsyncIterator[_Block]:
    number, bound = 1, first
    while True:
        block = _Block(number, number == attempts, on)
        yield block
        if not block.failed:
            return
        await anyio.sleep(random.triangular(0, bound))
        bound = min(longest, bound + bound)
        number += 1


async def _first_answer(function: Any, args: Any, kwargs: Any, *how: Any) -> tuple[Any, int]:
    blocks = _blocks(*how)
    try:
        while True:
            with await anext(blocks) as block:
                return await function(*args, **kwargs), block.number
    finally:
        with anyio.CancelScope(shield=True):
            await blocks.aclose()  # type: ignore[attr-defined]  # a generator has one


def retrying(on: Errors, attempts: float, first: float, longest: float) -> Retrying:
    def decorate(function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return (await _first_answer(function, args, kwargs, on, attempts, first, longest))[0]

        return call

    return decorate


def retrying_within(on: Errors, seconds: float, first: float, longest: float) -> Retrying:
    def decorate(function: Any) -> Any:
        tried: Any = retrying(on, math.inf, first, longest)(function)

        async def call(*args: Any, **kwargs: Any) -> Any:
            answers = []
            with anyio.move_on_after(seconds):
                answers.append(await tried(*args, **kwargs))
            if not answers:
                raise TimeoutError
            return answers[0]

        return call

    return decorate


def counting(on: Errors, attempts: int, first: float, longest: float) -> Counting:
    def decorate(function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> tuple[Any, int]:
            return await _first_answer(function, args, kwargs, on, attempts, first, longest)

        return call

    return decorate
