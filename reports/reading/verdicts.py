"""Which alternative to pick, given the words for every ratio."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from reports.reading.wording import CLOCKS
from results.eligibility import eligible, need_of, recommendable, unkept, usual
from results.statistics import BAND, FEWEST_LAUNCHES, Estimate, Interval, estimate
from results.suite import NeedRecord
from results.verdicts import TIED, Judgement, Word, judge

Ratios = Callable[[str, str], Sequence[float]]


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
    """

    name: str
    kind: str = "idiom"
    caveats: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()
    untested: int = 0
    needs: tuple[NeedRecord, ...] = ()

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

    def eligible(self, wanted: Collection[str] | None = None) -> bool:
        """Whether it may win for programs that have the ``wanted`` needs; the usual ones, if nobody says which."""
        needs = usual(self.needs) if wanted is None else wanted
        return eligible(self.kind, self.caveats, self._names, self.needs, needs)

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(entry.name for entry in self.broken)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict of one comparison on one backend.

    ``leader`` is the fastest that is eligible, ``pick`` the same unless the baseline ties with it: nobody
    should change code for a tie. ``to_baseline`` and ``to_pick`` judge every row; ``same``, ``noisy`` and ``open`` tie
    with the leader, the pick and the leader left out. ``with_less`` and ``unsafe`` are faster than the pick, but
    lack a need or have a caveat, or are unsafe. ``withheld`` says why there is no verdict although there are ratios.
    ``edge`` is what a difference must exceed, on the log scale, and ``noise`` the same as a percentage where that is
    more than the band; ``fault`` says that the same code differed by more than the band, or nothing. ``lead`` is None
    where no launches were left to measure it again.
    """

    baseline: str | None
    pick: str | None = None
    leader: str | None = None
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


def decide(
    ratios: Ratios,
    candidates: Sequence[Candidate],
    baseline: str | None,
    edge: float = BAND,
    planned: Ratios | None = None,
    beyond: Ratios | None = None,
    wanted: Collection[str] | None = None,
) -> Decision:
    """Pick among the candidates for programs that have the ``wanted`` needs, the usual ones if nobody says which.

    ``ratios(over, under)`` gives one log ratio of times per launch.

    The leader is chosen on the ``planned`` launches alone, and its lead is measured again on those ``beyond``: whoever
    is chosen for being the fastest was lucky more often than not. What does not show again counts as a tie. ``edge`` is
    what a difference must exceed.
    """
    names = [candidate.name for candidate in candidates]
    if baseline not in names:
        baseline = None
    to_baseline = judge({name: ratios(name, baseline) for name in names if name != baseline}, edge) if baseline else {}
    decision = Decision(baseline, to_baseline=to_baseline, edge=edge)
    fair = [candidate.name for candidate in candidates if candidate.eligible(wanted)]
    if not fair:
        return decision
    leader = _fastest(planned or ratios, fair)
    to_leader = judge({name: ratios(name, leader) for name in names if name != leader}, edge)
    if baseline in to_leader and leader in to_baseline:
        to_leader[str(baseline)] = _mirrored(to_baseline[leader])
    lead = _lead(planned or ratios, beyond, leader, fair, edge) if beyond else None
    if lead and lead.gone:
        to_leader[lead.following] = replace(
            to_leader[lead.following], word="not resolved", why="the lead did not show again in launches of its own"
        )
    tied = {name: to_leader[name].word for name in fair if name in to_leader and to_leader[name].word in TIED}
    pick = baseline if baseline in tied else leader
    decision = replace(
        decision,
        pick=pick,
        leader=leader,
        to_leader=to_leader,
        to_pick=to_leader if pick == leader else to_baseline,
        same=tuple(name for name, word in tied.items() if word == "practically the same" and name != pick),
        noisy=tuple(name for name, word in tied.items() if word == "within the noise here" and name != pick),
        open=tuple(name for name, word in tied.items() if word == "not resolved" and name != pick),
        resolved=all(judgement.word != "no interval" for judgement in to_leader.values()),
        lead=lead,
    )
    less = [one.name for one in candidates if one.recommendable and not one.eligible(wanted)]
    worse = [candidate.name for candidate in candidates if not candidate.recommendable]
    return replace(decision, with_less=_faster(decision, less), unsafe=_faster(decision, worse))


def _fastest(ratios: Ratios, names: Sequence[str]) -> str:
    """The name with the smallest estimated ratio to the first of them; the earlier of two equals."""
    centres = {names[0]: 0.0}
    centres |= {name: estimate(values).centre for name in names[1:] if (values := ratios(name, names[0]))}
    return min(centres, key=centres.__getitem__)


def _lead(planned: Ratios, beyond: Ratios, leader: str, eligible: Sequence[str], edge: float) -> Lead | None:
    """The lead over the next, where both took part in launches enough beyond the planned ones."""
    before = judge({name: planned(name, leader) for name in eligible if name != leader}, edge)
    following = min(before, key=lambda name: before[name].centre, default=None)
    if following is None or len(values := beyond(following, leader)) < FEWEST_LAUNCHES:
        return None
    return Lead(following, before[following], judge({following: values}, edge)[following])


def _faster(decision: Decision, names: Sequence[str]) -> str | None:
    judged = {name: decision.to_pick[name] for name in names if name in decision.to_pick}
    faster = {name: judgement.centre for name, judgement in judged.items() if judgement.word == "faster"}
    return min(faster, key=faster.__getitem__, default=None)


def _mirrored(judgement: Judgement) -> Judgement:
    """The same judgement read the other way round."""
    words: dict[Word, Word] = {"faster": "slower", "slower": "faster"}
    found, interval = judgement.estimate, judgement.estimate.interval
    turned = Interval(-interval.high, -interval.low, interval.level) if interval else None
    return Judgement(
        words.get(judgement.word, judgement.word), Estimate(-found.centre, turned, found.launches), judgement.why
    )
