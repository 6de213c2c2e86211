"""A scope of AnyIO around each call, without any of the defects planted beside it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import anyio

from patterns.timeouts import Call, T

LIBRARY = "anyio"


@contextmanager
def _limit(seconds: float) -> Iterator[anyio.CancelScope]:
    deadline = anyio.current_time() + seconds
    with anyio.CancelScope(deadline=deadline) as scope:
        yield scope
    if scope.cancelled_caught:
        raise TimeoutError


async def within(seconds: float, call: Call[T]) -> T:
    with _limit(seconds):
        return await call()
    raise AssertionError


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    results = []
    deadline = anyio.current_time() + seconds
    with _limit(seconds):
        for step in steps:
            if anyio.current_time() >= deadline:
                raise TimeoutError
            results.append(await step())
    return results


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    with _limit(seconds) as scope:
        while (message := await receive()) is not None:
            handle(message)
            scope.deadline = anyio.current_time() + seconds
