"""What verdicts are about: alternatives, what they do not keep, and what was decided among them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from reports.reading.wording import CLOCKS
from results.eligibility import Lane, eligible, need_of, recommendable, unkept, usual
from results.statistics import BAND
from results.suite import NeedRecord
from results.verdicts import Judgement


@dataclass(frozen=True, slots=True)
class Lead:
    """How far the next is behind the leader in launches that did not choose either; ``before`` in those that did."""

    following: str
    before: Judgement
    again: Judgement

    @property
    def gone(self) -> bool:
        """Whether a lead that was certain did not show again: its interval reaches equality now."""
        return self.before.word == "slower" and (self.again.low is None or self.again.low <= 0)


@dataclass(frozen=True, slots=True)
class Broken:
    """What an alternative does not keep: the promise's name, what it promises, and how we know that it does not hold.

    ``failed`` a safety check, ``declared`` by its file and not tested, or ``measured``: seen while times were taken.
    """

    name: str
    words: str
    how: Literal["failed", "declared", "measured"] = "failed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alternative with times: ``broken`` lists the promises it does not keep here, as far as we know.

    ``untested`` counts the promises that nobody tested here, although others were; ``needs`` are those of its family.
    ``package`` says whether it takes one that its loop does not bring: a file to copy may, too. ``presupposed`` names
    the needs of every program that asks this question.
    """

    name: str
    kind: str = "idiom"
    caveats: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    untested: int = 0
    needs: tuple[NeedRecord, ...] = ()
    lane: Lane = "standard library"
    package: bool = False
    presupposed: frozenset[str] = frozenset()

    @property
    def condemned(self) -> tuple[Broken, ...]:
        """What makes it unsafe: the basic promises that it breaks, and how measuring ended."""
        return tuple(entry for entry in self.broken if need_of(entry.name, self.needs) is None)

    @property
    def unkept(self) -> list[NeedRecord]:
        """The needs that it does not keep: it is out for the programs that have one of them."""
        return unkept(self._names, self.needs)

    @property
    def recommendable(self) -> bool:
        """Whether it may be picked by anybody: no basic promise broken, and not one of the traps."""
        return recommendable(self.kind, self._names, self.needs)

    @property
    def pickable(self) -> bool:
        """Whether programs that ask this may pick it: recommendable, without a caveat, keeps what all of them need."""
        return eligible(self.kind, self.caveats, self._names, self.needs, self.presupposed)

    @property
    def beside(self) -> list[NeedRecord]:
        """The needs that the question presupposes and that it does not keep: what it answers is another question."""
        return [need for need in self.unkept if need["name"] in self.presupposed] if self.presupposed else []

    def eligible(self, wanted: Collection[str] | None = None) -> bool:
        """Whether it may win for programs that have the ``wanted`` needs; the usual ones, if nobody says which."""
        needs = usual(self.needs) if wanted is None else wanted
        return eligible(self.kind, self.caveats, self._names, self.needs, self.presupposed.union(needs))

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(entry.name for entry in self.broken)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict of one comparison on one backend.

    ``lanes`` holds of each lane those that are eligible, its pick first. ``leader`` is the fastest of all, ``pick``
    the pick of the first lane that ties with it: nobody should change code, or install or copy anything, for a
    tie. ``to_baseline`` and ``to_pick`` judge every row; ``same``, ``noisy`` and ``open`` tie
    with the leader, the pick and the leader left out. ``with_less`` and ``unsafe`` are faster than the pick, but
    lack a need or have a caveat, or are unsafe. ``withheld`` says why there is no verdict although there are ratios.
    ``edge`` is what a difference must exceed, on the log scale, and ``noise`` the same as a percentage where that is
    more than the band; ``fault`` says that the same code differed by more than the band, or nothing. ``lead`` is None
    where no launches were left to measure it again.
    """

    baseline: str | None
    pick: str | None = None
    leader: str | None = None
    lanes: Mapping[Lane, tuple[str, ...]] = field(default_factory=dict)
    to_baseline: Mapping[str, Judgement] = field(default_factory=dict)
    to_leader: Mapping[str, Judgement] = field(default_factory=dict)
    to_pick: Mapping[str, Judgement] = field(default_factory=dict)
    same: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    noisy: tuple[str, ...] = ()
    with_less: str | None = None
    unsafe: str | None = None
    resolved: bool = True  # False: too few launches for any interval
    withheld: str = ""
    edge: float = BAND
    noise: str = ""
    fault: str = ""
    lead: Lead | None = None

    @property
    def tied(self) -> tuple[str, ...]:
        """Everything that ties with the leader, the pick left out."""
        leader = (self.leader,) if self.leader and self.leader != self.pick else ()
        return (*leader, *self.same, *self.noisy, *self.open)


@dataclass(frozen=True, slots=True)
class Finding:
    """A workload's decision and clock, and the candidates it chose among."""

    workload: str
    decision: Decision
    candidates: tuple[Candidate, ...] = ()
    clock: str = CLOCKS["wall"]
