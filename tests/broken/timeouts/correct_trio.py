"""A scope of Trio around each call, without any of the defects planted beside it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import trio

from patterns.timeouts import Call, T

LIBRARY = "trio"


@contextmanager
def _limit(seconds: float, shield: bool = False) -> Iterator[trio.CancelScope]:
    deadline = trio.current_time() + seconds
    with trio.CancelScope(deadline=deadline, shield=shield) as scope:
        yield scope
    if scope.cancelled_caught:
        raise trio.TooSlowError


async def within(seconds: float, call: Call[T]) -> T:
    with _limit(seconds):
        return await call()
    raise AssertionError


async def finish(seconds: float, call: Call[T]) -> T:
    with _limit(seconds, shield=True):
        return await call()
    raise AssertionError


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    results = []
    with _limit(seconds) as scope:
        for step in steps:
            if trio.current_time() >= scope.deadline:
                raise trio.TooSlowError
            results.append(await step())
    return results


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    while True:
        with _limit(seconds):
            message = await receive()
            if message is None:
                return
        handle(message)
