"""The decision: what a person should use, for what their program is like. Pages, terminal and exports print this alone.

``answers(family, Program(...))`` gives three answers, one a lane: from the standard library (Trio's own primitives on
its own loop are that), from a package, and from a file to copy. A lane is in one order for everybody, and its pick is
the first that suits the program: ``Entry.rank`` is the place in it, and a page that hides what lacks a ticked need
shows the same pick. The ``pick`` of all three is that of the first lane which ties with the best, because what needs
nothing new wins among ties.

*A bit of everything* is every workload of the family, and no score. A lane begins with whoever is least far behind the
fastest of the lane in the workload where it is furthest behind; who has no number in a workload comes after those who
have. It ties with another if the two tie in every workload. What is printed is the range of its ratios over the
workloads. One that presupposes a need counts only for who keeps that: who does not is judged by the others. Of the
three picks one that needs nothing new stands for all, too, if its range is no worse at either end than that of the pick
that is least far behind: nobody should copy a file for numbers that look no better.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, inf

from reports.reading.family import TIME, Case, Family
from reports.reading.matter import Matter, matter
from reports.reading.ranking import in_order
from reports.reading.verdicts import Candidate
from results.eligibility import LANES, Lane, usual
from results.statistics import BAND
from results.suite import NeedRecord
from results.verdicts import TIED, Judgement

EVERYTHING = "a bit of everything"
MEASURES: Mapping[str, str] = {TIME: "time", "p99": "slowest 1 %", "memory": "memory"}  # what counts, by its name


@dataclass(frozen=True, slots=True)
class Program:
    """What a reader says of their program.

    Without a ``workload`` it does a bit of everything, without ``n`` the point that verdicts speak of counts, and
    without ``needs`` it has the usual ones. ``measure`` is one of ``MEASURES``.
    """

    loop: str
    workload: str = ""
    n: int | None = None
    measure: str = TIME
    needs: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What an alternative showed in one workload: ``value`` in seconds or bytes per operation.

    ``judgement`` is its ratio to the baseline; the baseline itself has none, and nobody where that has no number.
    """

    workload: str
    n: int
    value: float
    judgement: Judgement | None
    baseline: bool

    @property
    def ratio(self) -> float | None:
        """To the baseline: below 1 is less time, or less memory."""
        return 1.0 if self.baseline else exp(self.judgement.centre) if self.judgement else None

    @property
    def signed(self) -> float:
        """The log ratio to the baseline; 0 of a tie, and of what two launches told the near end."""
        found = self.judgement
        if self.baseline or found is None or found.word in TIED:
            return 0.0
        return (found.least if found.centre > 0 else -found.least) if found.coarse else found.centre


@dataclass(frozen=True, slots=True)
class Entry:
    """An alternative: ``rank`` is its place in its lane, from 1, whatever a program needs; None if nobody may pick it.

    ``told`` has an item for each workload asked about in which it has a number, ``missing`` names the others.
    """

    candidate: Candidate
    rank: int | None
    told: tuple[Told, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """The alternative's."""
        return self.candidate.name

    @property
    def lane(self) -> Lane:
        """Where it comes from."""
        return self.candidate.lane

    @property
    def lacks(self) -> list[NeedRecord]:
        """The needs that it does not keep, ticked or not."""
        return self.candidate.unkept

    @property
    def span(self) -> tuple[Told, Told] | None:
        """Where it is best and where it is worst, by its ratio; None without any."""
        found = sorted((one for one in self.told if one.ratio is not None), key=lambda one: one.ratio or inf)
        return (found[0], found[-1]) if found else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one lane has: ``suits`` begins with its pick, ``ruled_out`` lacks something that the program needs.

    ``never`` are those that nobody may pick: unsafe, traps, or with a caveat. ``ties`` are with the pick, of any lane.
    """

    lane: Lane
    suits: tuple[Entry, ...] = ()
    ruled_out: tuple[Entry, ...] = ()
    never: tuple[Entry, ...] = ()
    ties: tuple[str, ...] = ()

    @property
    def pick(self) -> Entry | None:
        """The answer."""
        return self.suits[0] if self.suits else None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everybody of the lane."""
        return (*self.suits, *self.ruled_out, *self.never)


@dataclass(frozen=True, slots=True)
class Answers:
    """Three answers; ``pick`` names the one of them that needs nothing new among those that tie with the best.

    ``why_not`` says why there is none: nothing measured, verdicts withheld, too few launches. ``needs`` are those that
    counted. ``matter`` says whether it matters which of them is taken, or the baseline; None where time is not what was
    asked about.
    """

    program: Program
    needs: frozenset[str]
    lanes: Mapping[Lane, Answer]
    baseline: str | None = None
    pick: str | None = None
    matter: Matter | None = None
    why_not: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everybody with a number, lane by lane."""
        return tuple(entry for answer in self.lanes.values() for entry in answer.entries)


def answers(family: Family, program: Program) -> Answers:
    """Decide; what the record does not know has no answer, and says so."""
    needs = usual(family.needs) if program.needs is None else program.needs
    asked = [program.workload] if program.workload else [*family.record["workloads"]]
    found = {workload: family.case(workload, program.loop, program.n, program.measure) for workload in asked}
    cases = {workload: case for workload, case in found.items() if case}
    told = {workload: case for workload, case in cases.items() if not case.floor.reason}
    field = _Field(told, needs)
    baseline = family.record["baseline"].get(program.loop)
    lanes = {lane: field.answer(lane) for lane in LANES}
    why_not = _why_not(program, cases, told, needs)
    pick = None if why_not else field.pick(lanes.values())
    of_time = _matter(lanes.values(), told, [one for one in cases if one not in told], why_not)
    return Answers(program, needs, lanes, baseline, pick, of_time if program.measure == TIME else None, why_not)


def _matter(lanes: Collection[Answer], told: Mapping[str, Case], withheld: Sequence[str], why_not: str) -> Matter:
    """Whether it matters which of the picks is taken; nobody knows where there is no answer."""
    if why_not:
        return Matter("unknown", left=(*told, *withheld))
    return matter(told, withheld, {answer.pick.name for answer in lanes if answer.pick})


def _why_not(program: Program, cases: Mapping[str, Case], told: Mapping[str, Case], needs: Collection[str]) -> str:
    if not cases:
        what = MEASURES.get(program.measure, program.measure)
        return "nothing measured" if program.measure == TIME else f"{what} was not measured"
    if not told:
        return next(case.floor.reason for case in cases.values())
    if any(case.decided(needs).resolved for case in told.values()):
        return ""
    return "too few launches for an interval"


class _Field:
    """Everybody who has a number in one of several workloads, for one program."""

    def __init__(self, cases: Mapping[str, Case], needs: Collection[str]) -> None:
        self.cases, self.needs = cases, needs
        self.candidates: dict[str, Candidate] = {}
        self._beside: dict[str, set[str]] = {}  # the workloads that presuppose what an alternative does not keep
        for workload, one in ((workload, one) for workload, case in cases.items() for one in case.candidates):
            if one.beside:
                self._beside.setdefault(one.name, set()).add(workload)
                self.candidates.setdefault(one.name, one)
            else:  # what it is where its answers count
                self.candidates[one.name] = one
        self.suit = {name for name, one in self.candidates.items() if one.eligible(needs)}

    def answer(self, lane: Lane) -> Answer:
        """That of a lane."""
        order = self._order(lane)
        ranked = [self._entry(name, place) for place, name in enumerate(order, 1)]
        others = sorted(name for name, one in self.candidates.items() if one.lane == lane and name not in order)
        suits = tuple(entry for entry in ranked if entry.name in self.suit)
        return Answer(
            lane,
            suits,
            tuple(entry for entry in ranked if entry.name not in self.suit),
            tuple(self._entry(name, None) for name in others),
            tuple(self._ties(suits[0].name)) if suits else (),
        )

    def _entry(self, name: str, rank: int | None) -> Entry:
        told = {workload: self._told(workload, case, name) for workload, case in self._of(name)}
        missing = tuple(workload for workload in self._meant(name) if workload not in told)
        return Entry(self.candidates[name], rank, tuple(told.values()), missing)

    def _meant(self, name: str) -> Mapping[str, Case]:
        """The workloads that count for an alternative: those that presuppose nothing which it does not keep."""
        beside = self._beside.get(name)
        if beside is None or len(self.cases) == 1:
            return self.cases
        return {workload: case for workload, case in self.cases.items() if workload not in beside}

    def _of(self, name: str) -> Iterator[tuple[str, Case]]:
        yield from ((workload, case) for workload, case in self._meant(name).items() if name in case.ranking.by_name)

    def _told(self, workload: str, case: Case, name: str) -> Told:
        ranking = case.ranking
        judgement = ranking.to_baseline.get(name)
        return Told(workload, case.comparison.record["n"], case.seconds(name), judgement, name == ranking.baseline)

    def _order(self, lane: Lane) -> Sequence[str]:
        """As its one workload ranks it; of several, whoever is least far behind where it is furthest behind."""
        if len(self.cases) == 1:
            return next(iter(self.cases.values())).ranking.lanes[lane]
        names = [name for name, one in self.candidates.items() if one.lane == lane and one.pickable]
        usually = [name for name in names if self.candidates[name].eligible()]
        by_speed = sorted(names, key=partial(self._behind, usually or names))
        return in_order(by_speed, self._novelty, lambda leader, others: self._tied(leader, others, names))

    def _behind(self, rivals: Collection[str], name: str) -> tuple[int, float, str]:
        """In how many workloads it has no number, and how far it is behind the fastest of its rivals, at most."""
        gaps = []
        for _, case in self._of(name):
            centres = case.ranking.centres
            able = [one for one in rivals if one in centres and not case.ranking.by_name[one].beside]
            fastest = min((centres[one] for one in able), default=centres[name])
            gaps.append(centres[name] - fastest)
        return len(self._meant(name)) - len(gaps), max(gaps, default=inf), name

    def _novelty(self, name: str) -> tuple[bool, bool]:
        return next(case.ranking.novelty(name) for _, case in self._of(name))

    def _tied(self, leader: str, others: Collection[str], rivals: Collection[str]) -> list[str]:
        """Those of the others that tie with a leader of some rivals in every workload; both must have the same ones.

        These are the workloads that count for both.
        """
        tables = {
            workload: case.ranking.against(leader, [name for name in rivals if name in case.ranking.by_name])
            for workload, case in self._of(leader)
        }
        return [name for name in others if self._ties_in(leader, name, tables)]

    def _ties_in(self, leader: str, name: str, tables: Mapping[str, Mapping[str, Judgement]]) -> bool:
        both = self._meant(leader).keys() & self._meant(name).keys()
        shared = {workload for workload, _ in self._of(name)} & both
        return (
            bool(shared)
            and shared == tables.keys() & both
            and all(name in tables[workload] and tables[workload][name].word in TIED for workload in shared)
        )

    def _ties(self, pick: str) -> list[str]:
        return self._tied(pick, sorted(self.suit - {pick}), ())

    def pick(self, lanes: Collection[Answer]) -> str | None:
        """The first of three picks that ties with the best of them."""
        if len(self.cases) == 1:
            return next(iter(self.cases.values())).decided(self.needs).pick
        picks = [answer.pick.name for answer in lanes if answer.pick]
        if not picks:
            return None
        best = min(picks, key=partial(self._behind, picks))
        ties = self._tied(best, picks, picks)
        return next(name for name in picks if name == best or name in ties or self._looks_no_worse(name, best))

    def _looks_no_worse(self, name: str, best: str) -> bool:
        """Whether the range of its ratios over the workloads is as good at both ends, as far as makes a difference."""
        ours, theirs = (self._ends(one) for one in (name, best))
        return len(ours) == len(theirs) > 0 and all(
            end <= other + BAND for end, other in zip(ours, theirs, strict=True)
        )

    def _ends(self, name: str) -> Sequence[float]:
        """The least and the most of its log ratios as they are printed; nothing if it lacks a number somewhere."""
        told = [self._told(workload, case, name) for workload, case in self._of(name)]
        signed = [one.signed for one in told if one.ratio is not None]
        return (min(signed), max(signed)) if len(signed) == len(self._meant(name)) else ()
