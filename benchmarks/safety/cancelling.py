"""Cancellation as the trials of many families meet it: whom it strikes, what it leaves, and deadlines by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TypeVar

import anyio
import trio

from benchmarks.safety.trials import Player, Trial, ending, event, expect
from benchmarks.safety.waiting import all_end

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


@dataclass(kw_only=True, eq=False)
class Caller:
    """Somebody who handles whatever leaves a call or a block, but for a cancellation.

    ``over`` says that it was left, ``error`` is what left it and was handled, or held a cancellation among others.
    ``player`` is who plays the part.
    """

    over: bool = False
    error: BaseException | None = None
    player: Player = field(default_factory=lambda: Player("nobody"))

    @contextmanager
    def handling(self) -> Iterator[None]:
        """What the call or the block stands in."""
        try:
            yield
        except (*CANCELLED, GeneratorExit):
            raise
        except BaseException as error:
            self.error = error
            if any(isinstance(leaf, CANCELLED) for leaf in self.errors):
                raise
        finally:
            self.over = True

    @property
    def errors(self) -> list[BaseException]:
        """What left the call or the block, taken out of its groups."""
        return list(leaves(self.error)) if self.error else []


async def block_is_cancelled(trial: Trial, opens: Callable[[], AbstractAsyncContextManager[object]], name: str) -> None:
    """Expect that whoever is cancelled while it waits in a block that this opens ends as cancelled."""
    never = event(trial)

    async def wait() -> None:
        async with opens():
            await never.wait()

    async with trial.crew() as crew:
        player = crew.start(wait, name="who waits")
        await trial.settle()
        player.cancel()
        await all_end(trial, player)
    expect(player.outcome == "cancelled", f"who waited in the block of {name} was cancelled, and {ending(player)}")


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
