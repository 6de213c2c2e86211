"""Which alternative to pick, given the words for every ratio: the rows of one table in order, whoever asks.

The order of a lane does not depend on what a program needs, and the pick for a program is the first that suits it. So a
page can hide what is ticked off, and shows what is decided here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

from reports.reading.verdicts import Candidate, Decision, Lead
from results.eligibility import LANES, YOURS, Lane
from results.statistics import BAND, FEWEST_LAUNCHES, Estimate, Interval, estimate
from results.verdicts import TIED, Judgement, Word, judge

Ratios = Callable[[str, str], Sequence[float]]


@dataclass
class Ranking:
    """The candidates of one table; ``ratios(over, under)`` gives one log ratio per launch, of what is compared.

    Who is first is chosen on the ``planned`` launches alone, and its lead is measured again on those ``beyond``:
    whoever is chosen for being the fastest was lucky more often than not. What does not show again counts as a tie.
    ``edge`` is what a difference must exceed.
    """

    ratios: Ratios
    candidates: Sequence[Candidate]
    baseline: str | None
    edge: float = BAND
    planned: Ratios | None = None
    beyond: Ratios | None = None

    def __post_init__(self) -> None:
        """A baseline without a number is none."""
        self.by_name = {candidate.name: candidate for candidate in self.candidates}
        if self.baseline not in self.by_name:
            self.baseline = None
        self._tables: dict[str, Mapping[str, Judgement]] = {}
        self._leads: dict[tuple[str, frozenset[str]], Lead | None] = {}

    @cached_property
    def to_baseline(self) -> Mapping[str, Judgement]:
        """What every other row is against the baseline; nothing without one."""
        return self._judged(self.baseline) if self.baseline else {}

    @cached_property
    def centres(self) -> Mapping[str, float]:
        """How fast each is on the planned launches: its log ratio to one row, infinite where there is none."""
        under = self.baseline or next(iter(self.by_name), "")
        ratios = self.planned or self.ratios
        found = {name: ratios(name, under) for name in self.by_name if name != under}
        return {under: 0.0, **{name: estimate(values).centre if values else inf for name, values in found.items()}}

    @cached_property
    def lanes(self) -> Mapping[Lane, tuple[str, ...]]:
        """Of each lane those that somebody may pick, in order."""
        may = [one for one in self.candidates if one.pickable]
        return {lane: self._ordered([one.name for one in may if one.lane == lane]) for lane in LANES}

    def _ordered(self, names: Sequence[str]) -> tuple[str, ...]:
        by_speed = sorted(names, key=lambda name: (self.centres[name], name))

        def tied(leader: str, others: Collection[str]) -> list[str]:
            found = self.against(leader, names)
            return [name for name in others if name in found and found[name].word in TIED]

        return tuple(in_order(by_speed, self.novelty, tied))

    def novelty(self, name: str) -> tuple[bool, bool]:
        """What taking it asks of a program: other code than most people write, a package."""
        return name != self.baseline, self.by_name[name].package

    def against(self, leader: str, rivals: Iterable[str]) -> Mapping[str, Judgement]:
        """What every other row is against one that leads ``rivals``: a lead that did not show again is a tie."""
        found, lead = self._table(leader), self.lead(leader, rivals)
        if lead is None or not lead.gone:
            return found
        why = "the lead did not show again in launches of its own"
        return {**found, lead.following: replace(found[lead.following], word="not resolved", why=why)}

    def lead(self, leader: str, rivals: Iterable[str]) -> Lead | None:
        """The lead over the next of the rivals, where both took part in launches enough beyond the planned ones."""
        key = leader, frozenset(rivals)
        if key not in self._leads:
            self._leads[key] = self._lead(*key)
        return self._leads[key]

    def _lead(self, leader: str, rivals: Collection[str]) -> Lead | None:
        if self.beyond is None:
            return None
        planned = self.planned or self.ratios
        before = judge({name: planned(name, leader) for name in sorted(rivals) if name != leader}, self.edge)
        following = min(before, key=lambda name: before[name].centre, default=None)
        if following is None or len(values := self.beyond(following, leader)) < FEWEST_LAUNCHES:
            return None
        return Lead(following, before[following], judge({following: values}, self.edge)[following])

    def _table(self, under: str) -> Mapping[str, Judgement]:
        if under == self.baseline:
            return self.to_baseline
        if under not in self._tables:
            found = self._judged(under)
            if self.baseline in found and under in self.to_baseline:
                found[self.baseline] = mirrored(self.to_baseline[under])  # one pair has one word
            self._tables[under] = found
        return self._tables[under]

    def _judged(self, under: str) -> dict[str, Judgement]:
        return judge({name: self.ratios(name, under) for name in self.by_name if name != under}, self.edge)

    def decide(self, wanted: Collection[str] | None = None) -> Decision:
        """The decision for programs that have the ``wanted`` needs, the usual ones if nobody says which."""
        decision = Decision(self.baseline, to_baseline=self.to_baseline, edge=self.edge)
        suits = {one.name for one in self.candidates if one.eligible(wanted)}
        if not suits:
            return decision
        lanes = {lane: tuple(name for name in order if name in suits) for lane, order in self.lanes.items()}
        leader = min(suits, key=lambda name: (self.centres[name], name))
        to_leader = self.against(leader, suits)
        ties = [name for name, found in to_leader.items() if name in suits and found.word in TIED]
        pick = next(names[0] for names in lanes.values() if names and (leader in names or names[0] in ties))
        to_pick = to_leader if pick == leader else self._table(pick)
        tied = {name: to_leader[name].word for name in ties if name != pick}
        decision = replace(
            decision,
            pick=pick,
            leader=leader,
            lanes=lanes,
            to_leader=to_leader,
            to_pick=to_pick,
            same=tuple(name for name, word in tied.items() if word == "practically the same"),
            noisy=tuple(name for name, word in tied.items() if word == "within the noise here"),
            open=tuple(name for name, word in tied.items() if word == "not resolved"),
            resolved=all(judgement.word != "no interval" for judgement in to_leader.values()),
            lead=self.lead(leader, suits),
        )
        others = [one for one in self.candidates if one.recommendable and one.kind != YOURS]
        less = [one.name for one in others if not one.eligible(wanted)]
        worse = [candidate.name for candidate in self.candidates if not candidate.recommendable]
        return replace(decision, with_less=_faster(decision, less), unsafe=_faster(decision, worse))


def in_order(
    by_speed: Sequence[str],
    novelty: Callable[[str], tuple[bool, bool]],
    tied: Callable[[str, Collection[str]], Collection[str]],
) -> list[str]:
    """The fastest first, but before it what asks less of a program and ties with it.

    ``tied(leader, others)`` says who does. Ties are with the fastest of those that are left, and never chained.
    """
    left, order = [*by_speed], list[str]()
    while left:
        leader = left[0]
        easier = [name for name in left if novelty(name) < novelty(leader)]
        chosen = min([leader, *(tied(leader, easier) if easier else ())], key=novelty)
        order.append(chosen)
        left.remove(chosen)
    return order


def mirrored(judgement: Judgement) -> Judgement:
    """The same judgement read the other way round."""
    words: dict[Word, Word] = {"faster": "slower", "slower": "faster"}
    found, interval = judgement.estimate, judgement.estimate.interval
    turned = Interval(-interval.high, -interval.low, interval.level) if interval else None
    return Judgement(
        words.get(judgement.word, judgement.word),
        Estimate(-found.centre, turned, found.launches),
        judgement.why,
        judgement.p,
    )


def _faster(decision: Decision, names: Sequence[str]) -> str | None:
    judged = {name: decision.to_pick[name] for name in names if name in decision.to_pick}
    faster = {name: judgement.centre for name, judgement in judged.items() if judgement.word == "faster"}
    return min(faster, key=faster.__getitem__, default=None)
