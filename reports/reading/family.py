"""One family of a run: its decisions, and why a row has no number or no chance."""

import math
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from typing import Literal

from reports.reading.floor import Floor, floor, floor_beside, under
from reports.reading.measured import Comparison, Launched, Measurements, Variant, clock_of, primary
from reports.reading.ranking import Ranking
from reports.reading.safety import Answer, Count, FamilySafety
from reports.reading.verdicts import Broken, Candidate, Decision, Finding
from reports.reading.wording import spaced
from results.eligibility import Lane, lane_of, needs_package, recommendable, usual
from results.suite import FAILED, AbsenceRecord, FamilyRecord, NeedRecord
from results.verdicts import agrees_with_ranks

Standing = Literal["safe", "unsafe", "unfinished", "not tested"]
FIRST = "asyncio"  # the loop that a reader has unless they chose another
TIME = "time"  # the measure that a reader means who names none; others have the names that a run gives them


def loops_in_order(measurements: Measurements) -> list[str]:
    """The run's backends: the default loop first, then the others of its library."""
    backends = measurements.run.suite["backends"]
    return sorted(backends, key=lambda name: (name != FIRST, backends[name]["library"] != FIRST, name))


@dataclass(frozen=True)
class Case:
    """One workload on one backend at one point of its axis, by one measure; ``floor`` is what is noise there.

    ``comparison`` is of that measure: its "times" are in the unit of it.
    """

    comparison: Comparison
    backend: str
    ranking: Ranking
    floor: Floor
    _decisions: dict[frozenset[str], Decision] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Everybody with a number."""
        return tuple(self.ranking.candidates)

    @cached_property
    def decision(self) -> Decision:
        """For programs that have the usual needs."""
        needs = next((one.needs for one in self.ranking.candidates), ())
        return self.decided(usual(needs))

    def decided(self, wanted: Collection[str]) -> Decision:
        """For programs that have the ``wanted`` needs."""
        key = frozenset(wanted)
        if key not in self._decisions:
            self._decisions[key] = under(self.ranking.decide(key), self.floor)
        return self._decisions[key]

    def variant(self, name: str) -> Variant:
        """An alternative on this case's backend."""
        return Variant(name, self.backend)

    def seconds(self, name: str) -> float:
        """The time of one operation that agrees with the ratio: the baseline's median times it.

        Where there is no ratio, it is the alternative's own median. Each of two medians may be of other launches, so
        that dividing them would give another ratio than the one that was measured in pairs.
        """
        baseline, found = self.decision.baseline, self.decision.to_baseline.get(name)
        if baseline is None or found is None:
            return self.comparison.seconds(self.variant(name))
        return self.comparison.seconds(self.variant(baseline)) * math.exp(found.centre)

    def by_ranks(self) -> dict[str, bool]:
        """Whether exact ranks agree with the word of a row, for those that have launches enough to ask them."""
        baseline, found = self.decision.baseline, {}
        for name, judgement in self.decision.to_baseline.items():
            ratios = self.comparison.log_ratios(self.variant(name), self.variant(str(baseline)))
            agrees = agrees_with_ranks(ratios, judgement.word, self.decision.edge)
            if agrees is not None:
                found[name] = agrees
        return found


class Family:
    """A family's record and measurements; decisions are made once and kept."""

    def __init__(self, name: str, measurements: Measurements) -> None:
        """``name`` must be one of the run's families."""
        self.name = name
        self.measurements = measurements
        self.record: FamilyRecord = measurements.run.suite["families"][name]
        self.absences = [row for row in measurements.run.suite["absences"] if row["family"] == name]
        self.safety = FamilySafety(name, self.record, measurements.run.safety)
        self._cases: dict[tuple[str, str, int | None, str], Case | None] = {}
        self._candidates: dict[Variant, Candidate] = {}
        self._present: dict[str, set[str]] = {}

    @cached_property
    def question(self) -> str:
        """The first line of the contract."""
        return (self.record["doc"].strip().splitlines() or [self.name])[0].rstrip(".")

    @cached_property
    def contract(self) -> str:
        """The rest of the contract."""
        return "\n".join(self.record["doc"].strip().splitlines()[1:]).strip()

    @property
    def needs(self) -> list[NeedRecord]:
        """What some programs rely on; none in older records, in which every promise is basic."""
        return self.record.get("needs", [])

    @property
    def group(self) -> str:
        """The word under which it stands in the index; empty in older records."""
        return self.record.get("group", "")

    def clock(self, workload: str) -> str:
        """What its times are: "time", or "processor time"."""
        return clock_of(self.record["workloads"][workload])

    @cached_property
    def caveats(self) -> list[str]:
        """Every caveat once, in the order of the alternatives that have them: rows cite them by number."""
        records = self.record["alternatives"]
        return list(dict.fromkeys(caveat for name in sorted(records) for caveat in records[name]["caveats"]))

    @cached_property
    def loops(self) -> list[str]:
        """The backends that this family was tried on, with a number or without; all of them if there is none."""
        every = loops_in_order(self.measurements)
        seen = {row["backend"] for row in self.absences if row["state"] != "not offered"}
        for workload in self.record["workloads"]:
            for comparison in self.points(workload).values():
                seen |= {variant.backend for variant in comparison.times}
        return [loop for loop in every if loop in seen] or every

    def present(self, loop: str) -> set[str]:
        """The alternatives that have a row on a loop, with a number or without, or were tested there; all if none."""
        if loop not in self._present:
            self._present[loop] = self._found_on(loop) or set(self.record["alternatives"])
        return self._present[loop]

    def _found_on(self, loop: str) -> set[str]:
        names = {row["alternative"] for row in self.absences if row["backend"] == loop} | self.safety.asked(loop)
        for workload in self.record["workloads"]:
            for comparison in self.points(workload).values():
                names |= {variant.alternative for variant in comparison.on(loop)}
        return names & self.record["alternatives"].keys()

    def points(self, workload: str) -> dict[int, Comparison]:
        """A workload's comparisons by n."""
        return self.measurements.of(self.name, workload)

    def broken(self, alternative: str, backend: str) -> tuple[Broken, ...]:
        """The promises that it breaks on a backend, basic or not, then what was seen while measuring."""
        answers = self.safety.broken(alternative, backend)
        said = {answer.question.name for answer in answers}
        seen = [
            Broken(row["state"], f"{_SEEN[row['state']]} in {spaced(row['workload'])}", "measured")
            for row in self.absences
            if (row["alternative"], row["backend"]) == (alternative, backend)
            and row["state"] in FAILED
            and row["state"] not in said
        ]
        return tuple(dict.fromkeys([*map(_broken, answers), *seen]))

    def standing(self, alternative: str, backend: str) -> Standing:
        """Unsafe is who breaks a basic promise, and a trap; safe takes an answer to every promise."""
        broken = {entry.name for entry in self.broken(alternative, backend)}
        if not recommendable(self.record["alternatives"][alternative]["kind"], broken, self.needs):
            return "unsafe"
        answers = self.safety.answers(alternative, backend)
        states = {"pass" if answer.breaks else answer.state for answer in answers if not answer.question.fact}
        if "pass" not in states:
            return "not tested"
        return "unfinished" if "not tested" in states else "safe"

    def count(self, loop: str) -> Count:
        """How many of the alternatives that were asked on a loop are safe."""
        standings = {name: self.standing(name, loop) for name in self.present(loop)}
        asked = {name for name in standings if any(answer.judged for answer in self.safety.answers(name, loop))}
        of_asked = Counter(standings[name] for name in asked)
        rest = [standings[name] for name in standings.keys() - asked]
        return Count(of_asked["safe"], len(asked), of_asked["unfinished"], len(rest), rest.count("unsafe"))

    def case(self, workload: str, backend: str, n: int | None = None, measure: str = TIME) -> Case | None:
        """The verdict on a workload on a backend, at the point that verdicts speak of unless another is given.

        None if nothing was measured there.
        """
        key = workload, backend, n, measure
        if key not in self._cases:
            self._cases[key] = self._case(*key)
        return self._cases[key]

    def _case(self, workload: str, backend: str, n: int | None, measure: str) -> Case | None:
        points = {point: entry for point, entry in self.points(workload).items() if entry.on(backend)}
        whole = points.get(primary(points) or 0) if n is None else points.get(n)
        comparison = whole if whole is None or measure == TIME else whole.measures.get(measure)
        if whole is None or comparison is None or not comparison.on(backend):
            return None

        def ratios(over: str, under: str, launches: Launched = "all") -> list[float]:
            return comparison.log_ratios(Variant(over, backend), Variant(under, backend), launches)

        found = floor(whole, backend) if measure == TIME else floor_beside(whole, measure, backend)
        presupposed = frozenset(self.record["workloads"][workload].get("presupposes", ()))
        candidates = (self.candidate(variant) for variant in comparison.on(backend))
        ranking = Ranking(
            ratios,
            tuple(replace(one, presupposed=presupposed) if presupposed else one for one in candidates),
            self.record["baseline"].get(backend),
            found.edge,
            partial(ratios, launches="planned"),
            partial(ratios, launches="beyond") if measure == TIME and "extra" in whole.record else None,
        )
        return Case(comparison, backend, ranking, found)

    def lane(self, alternative: str) -> Lane:
        """Where an alternative comes from."""
        record = self.record["alternatives"][alternative]
        return lane_of(record["kind"], needs_package(record["library"], record["requires"]))

    def candidate(self, variant: Variant) -> Candidate:
        """What verdicts need to know of an alternative, whatever is asked."""
        if variant not in self._candidates:
            self._candidates[variant] = self._candidate(variant)
        return self._candidates[variant]

    def _candidate(self, variant: Variant) -> Candidate:
        record = self.record["alternatives"][variant.alternative]
        broken = self.broken(*variant)
        states = [answer.state for answer in self.safety.answers(*variant) if not answer.question.fact]
        untested = states.count("not tested") if self.safety.tested else 0
        return Candidate(
            variant.alternative,
            record["kind"],
            tuple(record["caveats"]),
            broken,
            untested,
            tuple(self.needs),
            self.lane(variant.alternative),
            needs_package(record["library"], record["requires"]),
        )

    def findings(self, backend: str) -> list[Finding]:
        """The decisions of every workload that was measured on a backend."""
        cases = [(workload, self.case(workload, backend)) for workload in self.record["workloads"]]
        return [
            Finding(workload, case.decision, case.candidates, self.clock(workload)) for workload, case in cases if case
        ]

    def missing(self, workload: str, backend: str, n: int | None) -> Iterator[AbsenceRecord]:
        """The reasons of the rows that have no number on a backend at n; of every point when n is None."""
        for row in self.absences:
            if (row["workload"], row["backend"]) == (workload, backend) and (n is None or row["n"] in (None, n)):
                yield row


def _broken(answer: Answer) -> Broken:
    how: Literal["failed", "declared"] = "failed" if answer.state == "FAIL" else "declared"
    return Broken(answer.question.name, answer.question.words, how)


_SEEN = {
    "raised": "raised an exception",
    "wrong answer": "gave a wrong answer",
    "left something behind": "left something behind",
    "died": "died",
    "hung": "hung",
}


@lru_cache(maxsize=1)  # pages and terminal say the same of a run, and it is decided once
def families_of(measurements: Measurements) -> tuple[Family, ...]:
    """The run's families, by name."""
    return tuple(Family(name, measurements) for name in sorted(measurements.run.suite["families"]))
