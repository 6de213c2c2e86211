"""The clock of a trial of ``patterns.timeouts``: it stands still until it is told to leap, on every loop.

So a deadline can strike between any two turns, whether or not somebody has something to do. On Trio it is the virtual
clock of the trial; a loop that speaks asyncio gets other timers, on this one instance.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import trio
import trio.testing

from benchmarks.safety.clocks import Alarm
from benchmarks.safety.trials import Trial

Leap = Callable[[float], object]


@contextmanager
def held(trial: Trial) -> Iterator[Leap]:
    """Let time stand still; yields what lets so many seconds pass at once, so that what is due comes next turn."""
    if trial.is_trio:
        clock = trio.lowlevel.current_clock()
        assert isinstance(clock, trio.testing.MockClock)
        yield clock.jump
        return
    timers = Timers(asyncio.get_running_loop())
    try:
        yield timers.leap
    finally:
        timers.remove()


class Timers:
    """The timers of a loop whose time stands still."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over the timers of a loop that has none yet."""
        self._loop, self._now = loop, loop.time()
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._number = itertools.count()
        self._before = {name: vars(loop).get(name) for name in ("time", "call_later", "call_at")}
        for name in self._before:
            setattr(loop, name, getattr(self, name))

    def remove(self) -> None:
        """Give the loop its own methods back."""
        for name, method in self._before.items():
            if method is None:
                delattr(self._loop, name)
            else:
                setattr(self._loop, name, method)

    def time(self) -> float:
        """The moment at which time stands still, in seconds."""
        return self._now

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Alarm:
        """Set a timer that is due in ``delay`` seconds."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Alarm:
        """Set a timer that is due at ``when``, or in the next turn."""
        alarm = Alarm(when, callback, args, context)
        heapq.heappush(self._alarms, (when, next(self._number), alarm))
        self.leap(0.0)
        return alarm

    def leap(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._now += seconds
        while self._alarms and self._alarms[0][0] <= self._now:
            alarm = heapq.heappop(self._alarms)[2]
            self._loop.call_soon(alarm.ring, context=alarm.context)
