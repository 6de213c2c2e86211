"""What is asked of a family: questions about cost, each with its right answer and a scale axis."""

import importlib
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from benchmarks.plan.backends import Toolkit
from results.suite import Clock, ReadingRecord

Once = Callable[[], Awaitable[object]]
Prepare = Callable[[Any, Toolkit, int, Counter[str]], AbstractAsyncContextManager[Once]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What ``once`` returns where a workload has readings: the answer to check, and what to take them from."""

    answer: object
    evidence: object


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that a block shows beside its time, recorded as a pyperf benchmark of its own.

    ``of(evidence, n)`` gets the evidence of every call in the block, once the clock has stopped, and returns a number
    above zero in the record's ``unit``.
    """

    record: ReadingRecord
    of: Callable[[Sequence[Any], int], float]

    @property
    def name(self) -> str:
        """Its name, also in the name of its file."""
        return self.record["name"]


@dataclass(frozen=True, slots=True)
class Workload:
    """One question about cost.

    ``prepare(alternative, toolkit, n)`` is an async context manager around one block: it builds the state outside the
    clock, yields ``once``, the timed coroutine function, and closes everything outside the clock. What ``once`` returns
    must equal ``answer(n)`` every time. ``operations(n)`` is how many operations one call of ``once`` does: times are
    reported per operation. ``needs`` is the name an alternative must define to take part; ``axis`` says what n counts.
    ``tallies`` names what ``prepare`` counts in its last argument, such as calls made downstream: events that differ
    between right answers. They are reported per operation too.

    ``clock`` is ``wall``, or ``cpu`` where calls wait for timers and the question is what waiting costs, or where a
    block is so long that others always have the core meanwhile: times are processor time then. Where waiting would take
    longer than a block may, the loop's clock ``leaps`` to the next timer instead, on loops that can, and ``prepare``
    shows it to whoever reads another. Where there are ``readings``, ``once`` returns ``Seen``. Each block begins with
    calls that nobody times, on the same state; where new objects are asked about, ``fresh``, on a state of their own.

    A block may take ``block_limit`` seconds where presets would repeat none so long; ``Preset.for_blocks`` says at what
    price. What works ``elsewhere``, in a thread with loops of its own, is timed alone: what the loop at hand is asked
    for, and how long that is held up, says nothing of it. ``requires`` are the distributions that it needs itself,
    whoever answers: requirements as alternatives have them. ``presupposes`` names needs of the contract that every
    program has which asks this: who does not keep them is timed all the same, and is no answer.
    """

    name: str
    question: str
    axis: str
    operation: str
    needs: str
    prepare: Prepare
    answer: Callable[[int], object]
    operations: Callable[[int], int]
    scale: tuple[int, ...] = (1, 10, 100, 1000)
    tallies: tuple[str, ...] = ()
    clock: Clock = "wall"
    readings: tuple[Reading, ...] = ()
    fresh: bool = False
    leaps: bool = False
    block_limit: float = 0.0
    elsewhere: bool = False
    requires: tuple[str, ...] = ()
    presupposes: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether processor time is compared: its calls wait for timers, or its blocks for whoever wants the core."""
        return self.clock == "cpu"


@dataclass(frozen=True, slots=True)
class Questions:
    """A family's workloads and its baselines.

    ``baseline`` maps a library (``asyncio``, ``trio``) to the alternative that most people write there: ratios are
    relative to it on every backend of that library.
    """

    family: str
    baseline: dict[str, str]
    workloads: tuple[Workload, ...]

    def workload(self, name: str) -> Workload:
        """The workload of that name; KeyError if there is none."""
        return {workload.name: workload for workload in self.workloads}[name]


def questions(family: str) -> Questions:
    """The workloads of a family: its module's ``WORKLOADS`` and ``BASELINE``."""
    module: ModuleType = importlib.import_module(f"benchmarks.families.{family}.workloads")
    return Questions(family, dict(module.BASELINE), tuple(module.WORKLOADS))
