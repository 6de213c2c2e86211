"""The clocks of a trial: all of them virtual, and all of them the same.

An alternative may read the loop's clock, one of the ``time`` module or a date, and may have bound its name when it was
imported. Here every one of them shows the virtual time of the loop, also on a loop whose own clock cannot be replaced.
Timers are exact, or as coarse as those of the loop are in real time: asyncio and Trio wait for whole milliseconds and
wake up late, uvloop rounds to the nearest one, and what is less than half of one fires in the next turn.
"""

import asyncio
import datetime as dt
import heapq
import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from time import sleep  # the real one, whatever a trial puts in its place
from typing import Any

import trio
import trio.testing

from benchmarks.plan.errands import errands_here, errands_of
from benchmarks.plan.shown import NATIVE, date_of, modules_of
from benchmarks.plan.unrest import unrest_of
from benchmarks.safety.trials import Trial

EPOCH = 1_700_000_000.0  # the time of day, in seconds, when the virtual clock shows zero
QUIET = 3  # turns without any new callback after which a loop has nothing to do but to wait for a timer
# Turns in one moment after which somebody waits for time itself to pass, such as for the last bit of a rounded number;
# a real clock goes on meanwhile, so this one does from then on.
PATIENCE = 100
TURN, SHORTEST = 3e-6, 1e-6  # seconds: what such a turn takes, and a timer at least
# Seconds after which it is known how often somebody looks. Each turn then takes a part of what has passed since: who
# looks for a second, turn after turn, would else seem to hang.
SPUN, HURRY = 0.01, 1 / 64
GLANCE = 0.0005  # real seconds that a thread gets of the interpreter before the loop looks on
GRAIN = 0.001  # seconds: what coarse timers are multiples of
REAL = {
    name: getattr(time, name)
    for name in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns")
}

_virtual: list["Clock"] = []


class Clock:
    """What all clocks show while a trial lasts, in seconds; ``jump`` is by how much the time of day was set.

    ``compute`` lets a turn of the loop take so many seconds: they pass, and no timer is seen to meanwhile.
    """

    def __init__(self, trial: Trial, compute: Callable[[float], object]) -> None:
        """On the loop at hand, for its threads as well."""
        self.jump = 0.0
        self.read = trial.backend.toolkit.clock()
        self.compute = compute

    def show(self, name: str) -> float | int:
        """What a function of the ``time`` module returns."""
        seconds = self.read() + (EPOCH + self.jump if name.startswith("time") else 0.0)
        return round(seconds * 1e9) if name.endswith("_ns") else seconds


def _stand_in(name: str) -> Callable[[], float | int]:
    def read() -> float | int:
        reading: float | int = _virtual[-1].show(name) if _virtual else REAL[name]()
        return reading

    return read


DATES: dict[Any, Any] = {dt.datetime: date_of(_stand_in("time"))}
STAND_INS: dict[int, Any] = {
    **{id(function): _stand_in(name) for name, function in REAL.items()},
    **{id(real): stand_in for real, stand_in in DATES.items()},
    id(dt): modules_of(DATES)[dt],
}


@contextmanager
def clocks(trial: Trial, *, coarse: bool = False) -> Iterator[Clock]:
    """Let every clock show the loop's virtual time; one unit of the trial is then a virtual second on any loop."""
    _bind(trial)
    unit, trial.unit = trial.unit, 1.0
    with _nudged(coarse) if trial.is_trio else _leaping(coarse, trial.backend.run_virtual is None) as compute:
        clock = Clock(trial, compute)
        _virtual.append(clock)
        for name, function in REAL.items():
            setattr(time, name, STAND_INS[id(function)])
        try:
            yield clock
        finally:
            for name, function in REAL.items():
                setattr(time, name, function)
            _virtual.pop()
            trial.unit = unit


@contextmanager
def _nudged(coarse: bool) -> Iterator[Callable[[float], object]]:
    nudge = Nudge(coarse)
    trio.lowlevel.add_instrument(nudge)
    try:
        yield nudge.compute
    finally:
        trio.lowlevel.remove_instrument(nudge)


@contextmanager
def _leaping(coarse: bool, rounds: bool) -> Iterator[Callable[[float], object]]:
    kind = (RoundingLeaper if rounds else LateLeaper) if coarse else Leaper
    leaper = kind(asyncio.get_running_loop())
    try:
        yield leaper.compute
    finally:
        leaper.remove()


def _bind(trial: Trial) -> None:
    """Replace what the alternative and its packages have bound already; outside of trials it shows real time."""
    ours = frozenset({trial.alternative.module, *(name for name in trial.alternative.imports if name not in NATIVE)})
    for module in filter(None, map(sys.modules.get, _within(ours, len(sys.modules)))):
        for key, value in list(vars(module).items()):
            if id(value) in STAND_INS:
                setattr(module, key, STAND_INS[id(value)])


@cache
def _within(packages: frozenset[str], count: int) -> tuple[str, ...]:  # noqa: ARG001  with every import there are more
    """The modules that are, or belong to, one of these, of so many that there are: hundreds, and a trial is short."""
    return tuple(name for name in sys.modules if name in packages or name.partition(".")[0] in packages)


class Alarm:
    """A timer of a ``Leaper``; it has what asyncio promises of a ``TimerHandle``."""

    def __init__(self, when: float, callback: Callable[..., object], args: tuple[Any, ...], context: Any) -> None:
        """Due at ``when``, in seconds of virtual time."""
        self._when, self._callback, self._args, self.context = when, callback, args, context
        self._cancelled = False

    def when(self) -> float:
        """The moment at which it is due."""
        return self._when

    def cancel(self) -> None:
        """Do nothing when due."""
        self._cancelled = True

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._cancelled

    def ring(self) -> None:
        """Call what it was set for."""
        if not self._cancelled:
            self._callback(*self._args)


class Pace:
    """By how much time goes on of itself while a loop does not come to rest."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.rest()

    def turn(self) -> float:
        """Count a turn of the loop; returns the seconds that pass meanwhile, which is none for long."""
        self._turns += 1
        if self._turns <= PATIENCE:
            return 0.0
        seconds = min(GRAIN / 2, max(TURN, (self._passed - SPUN) * HURRY))
        self._passed += seconds
        return seconds

    def rest(self) -> None:
        """The loop had nothing to do."""
        self._turns, self._passed = 0, 0.0


class Nudge(trio.abc.Instrument):
    """Lets Trio's virtual clock go on while tasks do not come to rest; it leaps to the next timer by itself."""

    def __init__(self, coarse: bool) -> None:
        """On the run at hand."""
        clock = trio.lowlevel.current_clock()
        assert isinstance(clock, trio.testing.MockClock)
        self._clock, self._coarse, self._pace = clock, coarse, Pace()
        self._moment = clock.current_time()

    def compute(self, seconds: float) -> None:
        """Let this turn take so long."""
        self._clock.jump(seconds)

    def before_io_wait(self, timeout: float) -> None:  # noqa: ARG002  Trio's signature
        """A turn of the loop has ended."""
        if self._clock.current_time() != self._moment:
            self._pace.rest()
        elif seconds := self._pace.turn():
            self._clock.jump(seconds)
        if self._coarse:
            self._wake_late()
        self._moment = self._clock.current_time()

    def _wake_late(self) -> None:
        if errands_here().left():
            return
        state = trio.lowlevel.current_statistics()
        if not state.tasks_runnable and 0 < state.seconds_to_next_deadline < math.inf:
            self._clock.jump(_late(state.seconds_to_next_deadline))
            self._pace.rest()


def _late(seconds: float) -> float:
    return math.ceil(seconds / GRAIN) * GRAIN


class Leaper:
    """Virtual time for a loop that speaks asyncio, whatever its own clock is.

    The loop's public methods for timers are replaced on this one instance. A callback looks on in every turn of the
    loop: when nobody has asked for another turn for a while, time leaps to the next timer.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over the timers of a loop that has none yet."""
        self._loop, self._soon = loop, loop.call_soon
        self._now, self._asked, self._quiet = 0.0, 0, 0
        self._pace, self._errands, self._unrest = Pace(), errands_of(loop), unrest_of(loop)
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._number = itertools.count()
        self._over = False
        self._before = {name: vars(loop).get(name) for name in ("time", "call_soon", "call_later", "call_at")}
        for name in self._before:
            setattr(loop, name, getattr(self, name))
        self._look()

    def remove(self) -> None:
        """Give the loop its own methods back, and the timers that are left: it keeps alive whoever waits for one."""
        self._over = True
        for name, method in self._before.items():
            if method is None:
                delattr(self._loop, name)
            else:
                setattr(self._loop, name, method)
        for when, _, alarm in self._alarms:
            if not alarm.cancelled():
                self._loop.call_later(when - self._now, alarm.ring, context=alarm.context)

    def time(self) -> float:
        """The virtual time in seconds."""
        return self._now

    def compute(self, seconds: float) -> None:
        """Let this turn take so long."""
        self._now += seconds

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Any = None) -> asyncio.Handle:
        """As the loop's own, and a sign that somebody has something to do."""
        self._asked += 1
        return self._soon(callback, *args, context=context)

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Alarm:
        """Set a timer that is due in ``delay`` seconds."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Alarm:
        """Set a timer that is due at ``when``, and not in this very moment."""
        return self._set(max(when, self._now + SHORTEST), callback, args, context)

    def _set(self, when: float, callback: Callable[..., object], args: tuple[Any, ...], context: Any) -> Alarm:
        alarm = Alarm(when, callback, args, context)
        heapq.heappush(self._alarms, (when, next(self._number), alarm))
        self._asked += 1
        return alarm

    def _look(self) -> None:
        if self._over:
            return
        self._quiet = 0 if self._asked else self._quiet + 1
        self._asked = 0
        if self._quiet < QUIET:
            self._now += self._pace.turn()
        elif left := self._errands.left():
            sleep(min(left, GLANCE))
        else:
            self._pace.rest()
            self._unrest.rest()
            self._leap()
        self._ring()
        self._soon(self._look)

    def _leap(self) -> None:
        while self._alarms and self._alarms[0][2].cancelled():
            heapq.heappop(self._alarms)
        if self._alarms:
            self._leap_to(self._alarms[0][0])

    def _leap_to(self, when: float) -> None:
        self._now = max(self._now, when)

    def _ring(self) -> None:
        while self._alarms and self._alarms[0][0] <= self._now:
            alarm = heapq.heappop(self._alarms)[2]
            if not alarm.cancelled():
                self.call_soon(alarm.ring, context=alarm.context)


class LateLeaper(Leaper):
    """The same for a loop that waits for whole milliseconds, rounded up."""

    def _leap_to(self, when: float) -> None:
        if when > self._now:
            self._now += _late(when - self._now)


class RoundingLeaper(Leaper):
    """The same for a loop whose clock and timers are whole milliseconds, and fire at once if that is none."""

    def time(self) -> float:
        """The virtual time in seconds, without what is less than a millisecond."""
        return math.floor(self._now / GRAIN + 1e-6) * GRAIN

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Alarm:
        """Set a timer that is due in whole milliseconds."""
        grains = round(max(delay, 0) / GRAIN)
        if not grains:
            self._now += TURN  # the next turn is not now
        return self._set(self.time() + grains * GRAIN, callback, args, context)

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Alarm:
        """Set a timer, as many whole milliseconds from now as come nearest."""
        return self.call_later(when - self.time(), callback, *args, context=context)
