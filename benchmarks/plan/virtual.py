"""Virtual time: a clock that leaps to the next timer as soon as nobody has anything to do, threads included.

It is Trio's own ``MockClock``, and on asyncio looptime, which patches the standard loop's own selector, so that
callbacks, tasks and threads stay what they are; uvloop's clock is libuv's, in C, and cannot be replaced. By themselves
both leap while a thread works, and a correct program that waits for one is late: here time stands still meanwhile. And
both stand still as long as somebody looks around in every turn, for ever if that is for a moment to come: here time
creeps on when the loop has not come to rest for long.
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
from benchmarks.plan.unrest import Unrest, unrest_here, unrest_of

T = TypeVar("T")
RESTLESS = 1000  # turns in a row after which time creeps
CREEP = 0.001  # seconds for each further turn


def virtual_loop() -> asyncio.AbstractEventLoop:
    """The standard loop in virtual time."""
    loop = looptime.new_event_loop()
    # looptime's own method makes it wait for as long as the next timer, in real time
    setattr(loop, "run_in_executor", partial(asyncio.BaseEventLoop.run_in_executor, loop))  # noqa: B010  a method
    errands, unrest, selector = errands_of(loop), unrest_of(loop), loop._selector  # noqa: SLF001  looptime's place, too
    leap: Callable[[float | None], list[Any]] = selector.select
    time, crept = loop.time, 0.0

    def select(timeout: float | None = None) -> list[Any]:
        nonlocal crept
        left = errands.left() if timeout != 0 else 0.0
        if timeout == 0 or left:
            unrest.turn()
        else:
            unrest.rest()
        if unrest.turns > RESTLESS:
            crept += CREEP
        if left:
            return selectors.DefaultSelector.select(selector, left)  # type: ignore[arg-type]
        before = time()
        found = leap(timeout)
        if timeout and not found and time() == before:
            crept += timeout  # it is less than a step of looptime, and whoever waits for it would do so for ever
        return found

    setattr(selector, "select", select)  # noqa: B010  a method
    setattr(loop, "time", lambda: time() + crept)  # noqa: B010  a method
    return loop


class _Pace(trio.abc.Instrument):
    """When Trio's clock goes on: once nobody, and no thread, has anything to do, and by and by if that is never."""

    def __init__(self, clock: trio.testing.MockClock, errands: Errands, unrest: Unrest) -> None:
        self._clock, self._errands, self._unrest = clock, errands, unrest
        self._moment = clock.current_time()
        errands.changed = self.set

    def set(self) -> None:
        """Errands have begun or ended, or somebody's time is up."""
        if (left := self._errands.left()) != self._clock.autojump_threshold:
            self._clock.autojump_threshold = left

    def before_io_wait(self, timeout: float) -> None:
        """A turn is over; the next one may come with a thread that is waited for."""
        if self._clock.current_time() == self._moment:
            self._unrest.turn()
        else:
            self._unrest.rest()
        if self._unrest.turns > RESTLESS and (timeout > 0 or trio.lowlevel.current_statistics().tasks_runnable):
            self._clock.jump(CREEP)
        self._moment = self._clock.current_time()

    def after_io_wait(self, timeout: float) -> None:  # noqa: ARG002  Trio's signature
        """Nobody had anything to do."""
        self.set()


def run_trio(main: Callable[[], Awaitable[T]]) -> T:
    """Run a main function on Trio in virtual time."""
    clock = trio.testing.MockClock(autojump_threshold=0)

    async def on_the_clock() -> T:
        trio.lowlevel.add_instrument(_Pace(clock, errands_here(), unrest_here()))
        return await main()

    return trio.run(on_the_clock, clock=clock)
