"""What a host is asked for, always about whole comparisons: times, passes beside them, further launches, a look.

An assignment is pickled. Its deadline is the seconds that are left when it is handed out: the clock of another machine
shows something else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import patterns
from benchmarks.engine.beside import Beside
from benchmarks.engine.engines import Measured, Terms, launch_again
from benchmarks.engine.environment import take_look
from benchmarks.engine.host import Hosts
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.turns import Launch
from benchmarks.passes_left import Taking
from benchmarks.plan import services
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.variants import Variant
from benchmarks.run import ENGINES, label
from results.environment import LookRecord


class Kept:
    """What a host keeps from one assignment to the next: the processes of a family, as a run here does."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._hosts: Hosts | None = None
        self._variants: frozenset[Variant] = frozenset()

    def hosts_of(self, variants: frozenset[Variant]) -> Hosts:
        """Processes for sessions of these variants: those of the last one, if they were for the same."""
        if not self._hosts or variants != self._variants:
            self.end()
            self._hosts, self._variants = Hosts(sorted(variants, key=str)), variants
        return self._hosts

    def end(self) -> None:
        """Keep nothing: what comes next need not share the machine with it."""
        if self._hosts:
            self._hosts.keep_only("")
        self._hosts = None


class Assignment(Protocol):
    """Something that a host does by itself, from beginning to end."""

    @property
    def label(self) -> str:
        """What the progress bar shows."""

    def carry_out(self, kept: Kept) -> object:
        """Do it, on the host."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the machine, before anything is measured on it."""

    label: str = "a look at the machine"

    def carry_out(self, kept: Kept) -> LookRecord:
        """What may disturb there."""
        kept.end()
        return take_look()


@dataclass(frozen=True, slots=True)
class Times:
    """The comparisons of a session, under these terms; ``variants`` are all of the family that the plan has."""

    session: tuple[Comparison, ...]
    terms: Sequence[Terms]
    engine: str
    variants: frozenset[Variant]

    @property
    def label(self) -> str:
        """Family, workload, and every n of the session."""
        return label(self.session)

    @property
    def expected(self) -> float:
        """The seconds that it may take."""
        return sum(one.budget for one in self.terms)

    def carry_out(self, kept: Kept) -> list[Measured]:
        """What each comparison gave."""
        _start_services(variant for comparison in self.session for variant in comparison.variants)
        now, hosts = CLOCK.now(), kept.hosts_of(self.variants)
        terms = [replace(one, deadline=now + one.deadline, hosts=hosts) for one in self.terms]
        return list(ENGINES[self.engine](self.session, terms))


@dataclass(frozen=True, slots=True)
class Passes:
    """Passes beside the times of a comparison."""

    taking: Taking

    @property
    def label(self) -> str:
        """Beside what."""
        return self.taking.label

    def carry_out(self, kept: Kept) -> Beside:
        """What they gave."""
        kept.end()
        _start_services(self.taking.comparison.variants)
        return self.taking.take()


@dataclass(frozen=True, slots=True)
class Further:
    """So many launches of a comparison beyond the planned ones, numbered from ``first`` on."""

    comparison: Comparison
    launch: Launch
    first: int
    count: int

    @property
    def label(self) -> str:
        """Whose verdicts are open."""
        return f"open verdicts of {self.comparison.label}"

    def carry_out(self, kept: Kept) -> Measured:
        """What they gave together."""
        kept.end()
        _start_services(self.launch.variants)
        return launch_again(self.launch, self.first, self.count)


def _start_services(variants: Iterable[Variant]) -> None:
    """Each host has servers of its own."""
    wanted = {(variant.family, variant.alternative) for variant in variants}
    entries = [entry for family in {family for family, _ in wanted} for entry in patterns.alternatives(family)]
    services.start({name for one in entries if (one.family, one.name) in wanted for name in one.services})
