"""Waiting that blames nobody for the time in which everything stood still: a stopped process, a sleeping machine."""

import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

SLICE = 0.2  # seconds between two looks around while waiting
LATE = 1.0  # seconds by which a slice may end late on a busy machine; beyond that this process did not run

T = TypeVar("T")


def no_look() -> None:
    """Nothing to look after while waiting."""


class Clock:
    """Seconds on the monotonic clock, without those in which this process was stopped while it waited."""

    def __init__(self) -> None:
        """It has run all the time so far."""
        self.asleep = 0.0

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic() - self.asleep

    def wait(self, heard: Callable[[float], bool], seconds: float, look: Callable[[], None] = no_look) -> bool:
        """Whether ``heard``, which is given a time to wait, says yes within ``seconds`` of this clock.

        Between two slices comes a ``look``; what it raises ends the waiting. A slice that took far too long is waited
        for again: whoever was to answer may have been stopped as well.
        """
        end = self.now() + seconds
        while (left := end - self.now()) > 0:
            piece = min(SLICE, left)
            began = time.monotonic()
            found = heard(piece)
            took = time.monotonic() - began
            if took > piece + LATE:
                self.asleep += took
            if found:
                return True
            look()
        return heard(0)


CLOCK = Clock()
_stops: list[None] = []


def notice_stops() -> None:
    """From now on, keep count of how often this process was stopped and continued, where there is such a thing."""
    if hasattr(signal, "SIGCONT"):
        signal.signal(signal.SIGCONT, _continued)


def _continued(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  the signature of a signal handler
    _stops.append(None)


def undisturbed(action: Callable[[], T]) -> T:
    """What an action gives when this process is not stopped in the middle of it: it is repeated until then."""
    while True:
        before = len(_stops)
        result = action()
        if len(_stops) == before:
            return result
