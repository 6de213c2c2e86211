"""A system task for each body, whose variables its caller takes over, without any of the defects planted beside it."""

from collections.abc import Callable, Iterable
from contextvars import copy_context

import outcome
import trio

from patterns.timeouts import Call, T

LIBRARY = "trio"


async def _supervised(seconds: float, call: Call[T], held: bool = False) -> T:
    ended = trio.Event()
    scope = trio.CancelScope()
    results: list[outcome.Outcome[T]] = []

    async def run() -> None:
        with scope:
            try:
                results.append(outcome.Value(await call()))
            except trio.Cancelled:
                raise
            except BaseException as error:
                results.append(outcome.Error(error))
        ended.set()

    context = copy_context()
    trio.lowlevel.spawn_system_task(run, context=context)
    try:
        with trio.CancelScope(deadline=trio.current_time() + seconds, shield=held):
            await ended.wait()
    finally:
        scope.cancel()
        with trio.CancelScope(shield=True):
            await ended.wait()
    for variable, value in context.items():
        variable.set(value)
    if not results:
        raise trio.TooSlowError
    return results.pop().unwrap()


async def within(seconds: float, call: Call[T]) -> T:
    return await _supervised(seconds, call)


async def finish(seconds: float, call: Call[T]) -> T:
    return await _supervised(seconds, call, held=True)


async def steps_within(seconds: float, steps: Iterable[Call[T]]) -> list[T]:
    deadline = trio.current_time() + seconds
    results: list[T] = []
    for step in steps:
        if results and trio.current_time() >= deadline:
            raise trio.TooSlowError
        results.append(await within(deadline - trio.current_time(), step))
    return results


async def listen(seconds: float, receive: Call[T | None], handle: Callable[[T], object]) -> None:
    while (message := await within(seconds, receive)) is not None:
        handle(message)
