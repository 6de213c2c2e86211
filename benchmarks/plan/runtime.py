"""The seconds in which a process could run: those of the clock, but for those in which others had the processor.

On a busy machine a process may do nothing for seconds because it is given none. Who waits for it with the clock on the
wall takes it for hung.
"""

from collections.abc import Callable
from contextlib import suppress

# Bound here: trials, and who watches a loop for calls that block, put others in their place.
from os import O_RDONLY, close, getpid, listdir, open, pread  # noqa: A004
from time import monotonic as real_clock
from time import sleep as real_sleep

PROCESSES = "/proc"
NAP = 0.0005  # real seconds that a thread gets of the interpreter
LOOK = 0.02  # seconds between two looks at what the system tells
NOTABLE = 0.1  # seconds: who missed less was in time wherever there is a time limit
MUCH = 0.25  # of all seconds
SHORTLY = 0.1  # of a time limit, after which it is looked at who had the processor
Shares = dict[str, tuple[int, int]]


def shares(process: int) -> Shares:
    """By thread: the nanoseconds that it has had a processor, and those in which others had what it was ready for.

    There is none where the process has ended, or no system tells.
    """
    found: Shares = {}
    with suppress(OSError):
        for thread in listdir(f"{PROCESSES}/{process}/task"):  # noqa: PTH208  bound above
            with suppress(OSError, IndexError, ValueError):  # it has just ended
                told = _read(process, thread, "schedstat").split()
                found[thread] = int(told[0]), int(told[1])
    return found


def _read(process: int, thread: str, name: str) -> bytes:
    told = open(f"{PROCESSES}/{process}/task/{thread}/{name}", O_RDONLY)
    try:
        return pread(told, 1000, 0)
    finally:
        close(told)


def _is_ready(process: int, thread: str) -> bool:
    """Whether a thread runs, or would if it had a processor."""
    with suppress(OSError):
        return _read(process, thread, "stat").rpartition(b")")[2].split()[:1] == [b"R"]
    return False


class Runtime:
    """The seconds that a process could have used since this was made; ``missed`` are those that others had.

    What it has computed counts in any case, so that many threads which compute for ever are found out, too. Where no
    system tells who had the processor all seconds count.
    """

    def __init__(self, process: int = 0, clock: Callable[[], float] = real_clock) -> None:
        """Of a process by its number, or of this one."""
        self._process, self._clock = process or getpid(), clock
        self._shares = shares(self._process)
        self._looked = clock()
        self._foretold: dict[str, float] = {}  # of a wait that is not over: the system tells of it afterwards
        self._could = self.missed = 0.0

    def seconds(self) -> float:
        """So far."""
        elapsed = self._clock() - self._looked
        if elapsed < LOOK:
            return self._could
        before, self._shares = self._shares, shares(self._process)
        self._looked += elapsed
        computed = waited = 0.0
        for thread, (on, off) in self._shares.items():
            was_on, was_off = before.get(thread, (0, 0))
            computed += max(0, on - was_on) / 1e9
            if (on, off) != (was_on, was_off):
                waited += max(0.0, (off - was_off) / 1e9 - self._foretold.pop(thread, 0.0))
            elif _is_ready(self._process, thread):
                waited += elapsed
                self._foretold[thread] = self._foretold.get(thread, 0.0) + elapsed
        could = min(elapsed, max(elapsed - waited, computed))
        self._could += could
        self.missed += elapsed - could
        return self._could

    @property
    def kept(self) -> bool:
        """Whether others had the processor for so much of the time that whoever was late may not be to blame."""
        could = self.seconds()
        return self.missed > max(NOTABLE, (could + self.missed) * MUCH)


class Silence:
    """How long another process has given no sign of life."""

    def __init__(self, process: int, clock: Callable[[], float] = real_clock) -> None:
        """Of a process by its number; it has just given one."""
        self._process, self._clock = process, clock
        self.heard()

    def heard(self) -> None:
        """It has given a sign of life."""
        self._began = self._clock()
        self._since: Runtime | None = None  # a little later: a look at it takes longer than a message

    def longer_than(self, seconds: float) -> bool:
        """Whether that is too long, but for the time in which others had the processor."""
        if self._clock() - self._began < seconds * SHORTLY:
            return False
        if self._since is None:
            self._since = Runtime(self._process, self._clock)
        return self._since.seconds() >= seconds * (1 - SHORTLY)


def nap() -> None:
    """Let threads have the interpreter for a moment."""
    real_sleep(NAP)


def waited_for(happened: Callable[[], bool], seconds: float, rest: Callable[[], object] = nap) -> bool:
    """Rest until it has happened, but for at most so many seconds that this process could have used; whether it has.

    Usually by naps: on a loop's thread a lock is a call that blocks, and some alternatives forbid these.
    """
    runtime = Runtime()
    while not happened() and runtime.seconds() < seconds:
        rest()
    return happened()
