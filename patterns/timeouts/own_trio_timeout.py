"""Our own best for Trio: a cancel scope whose deadline is set when the body waits for the first time.

Choose it when deadlines are around everything on Trio, and most bodies find their answer without waiting.
It costs these lines in your program, and a step of Python for every wait of the body. A clean-up that must wait needs a
shield, as in any scope.
"""

from collections.abc import Callable, Coroutine, Generator, Iterable
from types import coroutine
from typing import Any, TypeVar

import trio

T = TypeVar("T")
Call = Callable[[], Coroutine[Any, Any, T]]


@coroutine
def _within(scope: trio.CancelScope, moment: float, body: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
    """Run the body in a scope that has been entered, and set its deadline once it waits."""
    try:
        step = body.send(None)
        scope.deadline = moment
        while True:
            try:
                answer = yield step
            except BaseException as error:  # the task is being closed: a cancellation is raised further in
                step = body.throw(error)
            else:
                step = body.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result


async def within(seconds: float, call: Call[T]) -> T:
    moment = trio.current_time() + seconds
    with trio.CancelScope() as scope:
        return await _within(scope, moment, call())
    raise trio.TooSlowError


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    moment = trio.current_time() + seconds
    with trio.CancelScope() as scope:
        return await _within(scope, moment, _in_a_row(steps, moment))
    raise trio.TooSlowError


async def _in_a_row(steps: Iterable[Call[T]], moment: float) -> list[T]:
    results = []
    for step in steps:
        if trio.current_time() >= moment:
            raise trio.TooSlowError
        results.append(await step())
    return results


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    now = trio.current_time
    with trio.CancelScope(deadline=now() + seconds) as scope:
        while (message := await receive()) is not None:
            handle(message)
            scope.deadline = now() + seconds
        return
    raise trio.TooSlowError


async def finish(seconds: float, call: Call[T]) -> T:
    moment = trio.current_time() + seconds
    with trio.CancelScope(shield=True) as scope:
        return await _within(scope, moment, call())
    raise trio.TooSlowError


# --- how it fits the contract ---

LIBRARY = "trio"
KIND = "own"
