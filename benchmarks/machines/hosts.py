"""Hosts as whoever conducts a run sees them, whatever connects them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from benchmarks.machines.assignments import Assignment


class SchedulerError(Exception):
    """No host can be asked, or not these ones together; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an assignment: a ``result``, or why there is none, because the host was ``lost``, or failed."""

    host: str
    assignment: Assignment
    result: object = None
    lost: str = ""


def is_here(scheduler: str) -> bool:
    """Whether comparisons are measured on this machine, though a scheduler may hand them out."""
    return not scheduler or scheduler.startswith("local:")


class Hosts(Protocol):
    """Hosts of one kind, by name; each is asked for one thing at a time. They may come and go."""

    @property
    def apart(self) -> bool:
        """Whether they are other machines than this one, so that nothing here disturbs them."""

    @property
    def busy(self) -> Sequence[str]:
        """Those that have been asked for something."""

    def idle(self) -> Sequence[str]:
        """Those that could be; raises SchedulerError if nobody knows any more."""

    def hand(self, host: str, assignment: Assignment) -> None:
        """Ask an idle one for something."""

    def wait(self, seconds: float) -> Sequence[Answer]:
        """The answers that come within that time, none at all perhaps; raises SchedulerError like ``idle``."""
