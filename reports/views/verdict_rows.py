"""Every verdict of a run as one flat row, for other programs."""

from collections.abc import Iterator, Sequence
from math import exp
from typing import NamedTuple

from reports.reading.answers import MEASURES, Answers, Program, answers
from reports.reading.family import TIME, Case, Family
from reports.views.answered import factors
from results.suite import AbsenceRecord
from results.verdicts import Judgement

UNITS = {TIME: "s", "p99": "s", "memory": "byte"}
COUNT = "count"


class VerdictRow(NamedTuple):
    """An alternative in one workload at one n on one loop, by one measure, or one count of an operation's work.

    A count, such as ``turns of the loop``, is exact, has the unit ``count``, and decides nothing: it has no rank.
    ``value`` is in ``unit`` per operation; ``ratio`` is to the ``baseline``, with the ends of its 95 % interval;
    ``word`` is the verdict, or the state of a row without a number, whose ``reason`` says why. ``rank`` is the place in
    its lane, ``pick`` says whether it is the answer of its lane for most programs, ``stands_for_all`` whether it is the
    one of three. ``not_kept`` names the needs that it does not keep, ``breaks`` the basic promises that it breaks.
    """

    family: str
    workload: str
    n: int | None
    loop: str
    measure: str
    alternative: str
    lane: str
    value: float | None
    unit: str
    baseline: str | None
    ratio: float | None
    low: float | None
    high: float | None
    word: str
    rank: int | None
    pick: bool
    stands_for_all: bool
    not_kept: str
    breaks: str
    reason: str

    @property
    def name(self) -> str:
        """What it is of, in one word: ``locks/contended/own_lock@asyncio``."""
        return f"{self.family}/{self.workload}/{self.alternative}@{self.loop}"


def verdict_rows(families: Sequence[Family], *, every_n: bool = True) -> Iterator[VerdictRow]:
    """All of them; only at the point that verdicts speak of unless ``every_n``."""
    for family in families:
        for workload in family.record["workloads"]:
            points = [*family.points(workload)] if every_n else [None]
            for loop in family.loops:
                for n in points:
                    for measure in MEASURES:
                        yield from _rows(family, Program(loop, workload, n, measure))
                    yield from _counts(family, workload, loop, n)
                yield from (_absent(family, row) for row in family.missing(workload, loop, None))


def _rows(family: Family, program: Program) -> Iterator[VerdictRow]:
    case = family.case(program.workload, program.loop, program.n, program.measure)
    if case is None:
        return
    found = answers(family, program)
    ranks = {entry.name: entry.rank for entry in found.entries}
    judged = case.floor.withhold(case.ranking.to_baseline)
    for candidate in case.candidates:
        name, baseline = candidate.name, case.ranking.baseline
        judgement = judged.get(name)
        low, high = factors(judgement)
        yield VerdictRow(
            family=family.name,
            workload=program.workload,
            n=case.comparison.record["n"],
            loop=program.loop,
            measure=program.measure,
            alternative=name,
            lane=candidate.lane,
            value=case.seconds(name),
            unit=UNITS[program.measure],
            baseline=baseline,
            ratio=1.0 if name == baseline else exp(judgement.centre) if judgement else None,
            low=low,
            high=high,
            word="baseline" if name == baseline else judgement.word if judgement else "no baseline",
            rank=ranks.get(name),
            pick=_picked(found, name),
            stands_for_all=name == found.pick,
            not_kept=" ".join(need["name"] for need in candidate.unkept),
            breaks=" ".join(one.name for one in candidate.condemned),
            reason=_reason(case, judgement),
        )


def _counts(family: Family, workload: str, loop: str, n: int | None) -> Iterator[VerdictRow]:
    """What each alternative asks of its loop, where that was counted."""
    case = family.case(workload, loop, n)
    if case is None:
        return
    work, baseline = case.comparison.work, case.ranking.baseline
    under = work.get(case.variant(baseline), {}) if baseline else {}
    for candidate in case.candidates:
        for name, value in work.get(case.variant(candidate.name), {}).items():
            usual = under.get(name)
            ratio = value / usual if value is not None and usual else None
            yield VerdictRow(
                family=family.name,
                workload=workload,
                n=case.comparison.record["n"],
                loop=loop,
                measure=name,
                alternative=candidate.name,
                lane=candidate.lane,
                value=value,
                unit=COUNT,
                baseline=baseline,
                ratio=ratio,
                low=ratio,
                high=ratio,
                word="varies" if value is None else "",
                rank=None,
                pick=False,
                stands_for_all=False,
                not_kept=" ".join(need["name"] for need in candidate.unkept),
                breaks=" ".join(one.name for one in candidate.condemned),
                reason="",
            )


def _picked(found: Answers, name: str) -> bool:
    return any(answer.pick is not None and answer.pick.name == name for answer in found.lanes.values() if found.pick)


def _reason(case: Case, judgement: Judgement | None) -> str:
    return case.floor.reason or (judgement.why if judgement else "")


def _absent(family: Family, row: AbsenceRecord) -> VerdictRow:
    """A row without a number, and why."""
    return VerdictRow(
        family=family.name,
        workload=row["workload"],
        n=row["n"],
        loop=row["backend"],
        measure=TIME,
        alternative=row["alternative"],
        lane=family.lane(row["alternative"]),
        value=None,
        unit=UNITS[TIME],
        baseline=family.record["baseline"].get(row["backend"]),
        ratio=None,
        low=None,
        high=None,
        word=row["state"],
        rank=None,
        pick=False,
        stands_for_all=False,
        not_kept="",
        breaks="",
        reason=row["reason"],
    )
