"""Virtual time: a clock that leaps to the next timer as soon as nobody has anything to do, threads included.

It is Trio's own ``MockClock``, and on asyncio looptime, which patches the standard loop's own selector, so that
callbacks, tasks and threads stay what they are; uvloop's clock is libuv's, in C, and cannot be replaced. By themselves
both leap while a thread works, and a correct program that waits for one is late: here time stands still meanwhile.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import looptime
import trio
import trio.testing

from benchmarks.plan.errands import Errands, errands_here, errands_of

T = TypeVar("T")


def virtual_loop() -> asyncio.AbstractEventLoop:
    """The standard loop in virtual time."""
    loop = looptime.new_event_loop()
    # looptime's own method makes it wait for as long as the next timer, in real time
    setattr(loop, "run_in_executor", partial(asyncio.BaseEventLoop.run_in_executor, loop))  # noqa: B010  a method
    errands, selector = errands_of(loop), loop._selector  # noqa: SLF001  where looptime has its place, too
    leap: Callable[[float | None], list[Any]] = selector.select

    def select(timeout: float | None = None) -> list[Any]:
        if timeout != 0 and (left := errands.left()):
            return selectors.DefaultSelector.select(selector, left)  # type: ignore[arg-type]
        return leap(timeout)

    setattr(selector, "select", select)  # noqa: B010  a method
    return loop


class _Threshold(trio.abc.Instrument):
    """For how many real seconds nobody has had anything to do when Trio's clock leaps: none, or what a thread needs."""

    def __init__(self, clock: trio.testing.MockClock, errands: Errands) -> None:
        self._clock, self._errands = clock, errands
        errands.changed = self.set

    def set(self) -> None:
        """Errands have begun or ended, or somebody's time is up."""
        if (left := self._errands.left()) != self._clock.autojump_threshold:
            self._clock.autojump_threshold = left

    def after_io_wait(self, timeout: float) -> None:  # noqa: ARG002  Trio's signature
        """Nobody had anything to do."""
        self.set()


def run_trio(main: Callable[[], Awaitable[T]]) -> T:
    """Run a main function on Trio in virtual time."""
    clock = trio.testing.MockClock(autojump_threshold=0)

    async def on_the_clock() -> T:
        trio.lowlevel.add_instrument(_Threshold(clock, errands_here()))
        return await main()

    return trio.run(on_the_clock, clock=clock)
