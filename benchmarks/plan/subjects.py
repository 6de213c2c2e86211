"""What a family offers to the studies of measuring itself: its module ``subjects``, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from benchmarks.plan.rooms import said_by
from benchmarks.plan.variants import Variant


@dataclass(frozen=True, slots=True)
class Subjects:
    """What studies measure of a family; what it leaves empty they do without.

    ``engines`` is the workload on which both engines are compared: none that waits for timers, for in pyperf's order
    nothing keeps the core awake. ``twice`` are workloads whose verdicts are asked for again, ``copies`` variants of
    which a session measures many copies, with the loops of a block. ``sharp`` is a workload, and those alternatives on
    asyncio that tell how narrow intervals get: the family's baseline there is one of them.
    """

    engines: str = ""
    twice: tuple[str, ...] = ()
    copies: Mapping[Variant, int] = field(default_factory=dict)
    sharp: tuple[str, tuple[str, ...]] | None = None


@cache
def subjects(family: str) -> Subjects:
    """What a family offers: its module's ``SUBJECTS``; nothing if there is no module."""
    found: Subjects = said_by(family, "subjects", "SUBJECTS", Subjects())
    return found
