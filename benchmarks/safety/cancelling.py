"""Cancellation as the trials of many families meet it: whom it strikes, what it leaves, and deadlines by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TypeVar

import anyio
import trio

from benchmarks.safety.trials import Player, Trial

CANCELLED = (asyncio.CancelledError, trio.Cancelled)

T = TypeVar("T")


def cancellations(trial: Trial) -> int:
    """How many cancellations of this task asyncio counts; Trio counts none."""
    task = None if trial.is_trio else asyncio.current_task()
    return task.cancelling() if task else 0


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The exceptions inside groups of groups, or the exception itself."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from leaves(part)
    else:
        yield error


def shield(trial: Trial) -> AbstractContextManager[object]:
    """Trio's scope that lets no cancellation in; asyncio, which cancels once, needs none."""
    return trio.CancelScope(shield=True) if trial.is_trio else nullcontext()


async def finish(trial: Trial, turns: int) -> None:
    """Wait so many turns, come what may; some libraries cancel again and again until a task has ended."""
    with shield(trial):
        for _ in range(turns):
            with suppress(*CANCELLED):
                await trial.hop()


async def within_asyncio(deadline: Player, function: Callable[[], Awaitable[T]]) -> T | None:
    """What the function returned, or None if the deadline was there before, which is when ``deadline`` is cancelled."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as limit:
            deadline.cancel = lambda: limit.reschedule(loop.time())
            try:
                return await function()
            finally:
                _no_longer_in_force(deadline)
    except TimeoutError:
        return None


async def within_trio(deadline: Player, function: Callable[[], Awaitable[T]]) -> T | None:
    """The same with a scope of Trio's."""
    with trio.CancelScope() as scope:
        deadline.cancel = scope.cancel
        try:
            return await function()
        finally:
            _no_longer_in_force(deadline)
    return None


async def within_anyio(deadline: Player, function: Callable[[], Awaitable[T]]) -> T | None:
    """The same with a scope of AnyIO's."""
    with anyio.CancelScope() as scope:
        deadline.cancel = scope.cancel
        try:
            return await function()
        finally:
            _no_longer_in_force(deadline)
    return None


def _no_longer_in_force(deadline: Player) -> None:
    deadline.outcome, deadline.cancel = "returned", lambda: None
