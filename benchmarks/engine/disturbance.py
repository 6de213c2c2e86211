"""What else the processor did while blocks were timed, and which of them that disturbed.

Nothing here looks at a result: a block is judged by what its process did not get, before anybody compares. What is
flagged stays in the record like everything else, and in every median.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import psutil

from results.environment import ConditionsRecord

try:
    import resource
except ImportError:  # Windows, where processor time is too coarse for blocks of milliseconds, too
    resource = None  # type: ignore[assignment]

LOST = 0.01  # the share of a block that others may have: a third of the band within which differences do not matter


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process got of the processor during a block: seconds, and how often it was put off against its will."""

    cpu: float
    switches: int


@dataclass(frozen=True, slots=True)
class Strain:
    """What one worker's blocks went through: seconds in all, switches, and the numbers of the disturbed ones."""

    wall: float
    cpu: float
    switches: int
    turns: int
    disturbed: tuple[int, ...]


def usage() -> Usage | None:
    """What this process has had of the processor, and how often it lost it; None where the system does not tell."""
    used = None if resource is None else resource.getrusage(resource.RUSAGE_SELF)
    return None if used is None else Usage(used.ru_utime + used.ru_stime, used.ru_nivcsw)


def involuntary_switches() -> int | None:
    """How often this process has lost the processor against its will; None where the system does not tell."""
    used = usage()
    return None if used is None else used.switches


def is_disturbed(wall: float, used: Usage, waits: bool) -> bool:
    """The rule, for a block of ``wall`` seconds.

    A workload that does not wait keeps the processor busy, so what its process did not get went to others: more than
    ``LOST`` of the block is too much. Where a workload ``waits``, for timers, its own waiting cannot be told from that:
    there every involuntary switch counts.
    """
    return used.switches > 0 if waits else wall - used.cpu > LOST * wall


def strain(blocks: Sequence[tuple[float, Usage | None]], waits: bool) -> Strain | None:
    """Sum up one worker's rounds, wall seconds and usage of each; None where the system does not tell."""
    known = [(wall, used) for wall, used in blocks if used is not None]
    if not known:
        return None
    return Strain(
        wall=sum(wall for wall, _ in known),
        cpu=sum(used.cpu for _, used in known),
        switches=sum(used.switches for _, used in known),
        turns=len(known),
        disturbed=tuple(number for number, (wall, used) in enumerate(known) if is_disturbed(wall, used, waits)),
    )


def steal_seconds() -> float | None:
    """What the host of a virtual machine has kept for others since it was started; None where nobody counts it."""
    stolen = getattr(psutil.cpu_times(), "steal", None)
    return None if stolen is None else float(stolen)


def load() -> float | None:
    """How many processes ran or wanted to, on average over the last minute; None where nobody counts them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


class Watch:
    """Looks at the machine while the rounds of a launch are played: ``with`` it, then ask for the ``conditions``."""

    def __enter__(self) -> Self:
        """The rounds are about to begin."""
        self._before = steal_seconds()
        return self

    def __exit__(self, *_: object) -> None:
        """They have ended."""
        self._after = steal_seconds()
        self._load = load()

    def conditions(self, launch: int, rounds: int, strains: Sequence[Strain | None]) -> ConditionsRecord:
        """What the launch went through, given what became of its workers; unknown things are left out."""
        found: ConditionsRecord = {"launch": launch, "rounds": rounds, "turns": rounds * len(strains)}
        known = [one for one in strains if one is not None]
        if known:
            found["disturbed_rounds"] = sorted({number for one in known for number in one.disturbed})
            found["disturbed_turns"] = sum(len(one.disturbed) for one in known)
            found["switches"] = sum(one.switches for one in known)
            found["cpu_share"] = round(sum(one.cpu for one in known) / sum(one.wall for one in known), 4)
        if self._before is not None and self._after is not None:
            found["steal_seconds"] = round(self._after - self._before, 3)
        if self._load is not None:
            found["load"] = round(self._load, 2)
        return found
