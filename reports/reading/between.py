"""What changes between the environments of a run: each row of one beside the same row of the other.

Both took turns in the same launches, so that their ratio is paired round by round, and judged by the rule of all
tables. What must be exceeded is what the twin shows where it shows more: each environment has one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.reading.family import Family, families_of
from reports.reading.floor import floor, louder
from reports.reading.measured import Comparison, Measurements, Variant
from reports.reading.safety import Answer
from results.statistics import paired
from results.verdicts import Judgement, judge

HERE = "here"  # what the environment that runs is called where it has no name


@dataclass(frozen=True, slots=True)
class Row:
    """A row in both environments: the seconds in the first, and how those in the other stand to them.

    ``edge`` is what they must exceed, on the log scale.
    """

    workload: str
    n: int
    variant: Variant
    seconds: float
    judgement: Judgement
    edge: float

    @property
    def changed(self) -> bool:
        """Whether the other environment makes a difference beyond the floor."""
        return self.judgement.word in ("faster", "slower")


@dataclass(frozen=True, slots=True)
class Turned:
    """A promise that an alternative keeps in one environment and breaks in another; ``answer`` is of the latter."""

    variant: Variant
    keeps: str
    breaks: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Pair:
    """A family in two environments.

    ``compared`` is how many answers both gave; ``alone`` are the variants that one alone has times of, with its name.
    """

    family: str
    question: str
    rows: tuple[Row, ...]
    turned: tuple[Turned, ...]
    compared: int
    alone: tuple[tuple[Variant, str], ...]

    def count(self, word: str) -> int:
        """How many rows have a word."""
        return sum(row.judgement.word == word for row in self.rows)


@dataclass(frozen=True, slots=True)
class Between:
    """Two environments: their versions of what differs, by distribution, and their families."""

    first: str
    other: str
    versions: tuple[tuple[str, str, str], ...]
    pairs: tuple[Pair, ...]


def environments(measurements: Measurements) -> tuple[str, ...]:
    """The names of the environments of a run that has several, its own first; none otherwise."""
    others = tuple(measurements.elsewhere)
    return (measurements.run.suite["run"].get("environment", HERE), *others) if others else ()


def between(measurements: Measurements) -> Iterator[Between]:
    """The first environment of a run beside each of the others."""
    for name, other in measurements.elsewhere.items():
        names = environments(measurements)[0], name
        theirs = {name: Family(name, other) for name in other.run.suite["families"]}
        shared = [(family, theirs[family.name]) for family in families_of(measurements) if family.name in theirs]
        pairs = (_pair(here, there, names) for here, there in shared)
        yield Between(
            *names,
            tuple(_versions(measurements, other)),
            tuple(pair for pair in pairs if pair.rows or pair.compared),
        )


def _versions(first: Measurements, other: Measurements) -> Iterator[tuple[str, str, str]]:
    here, there = first.run.suite["versions"], other.run.suite["versions"]
    for name in sorted(here.keys() | there.keys(), key=lambda name: (name != "python", name)):
        if here.get(name) != there.get(name):
            yield name, here.get(name, "none"), there.get(name, "none")


def _pair(here: Family, there: Family, names: tuple[str, str]) -> Pair:
    turned, compared = _promises(here, there, names)
    rows: list[Row] = []
    timed: tuple[set[Variant], set[Variant]] = set(), set()
    for workload in here.record["workloads"]:
        for n, entry in here.points(workload).items():
            if other := there.points(workload).get(n):
                rows += _rows(workload, n, entry, other)
                timed[0].update(entry.times)
                timed[1].update(other.times)
    alone = dict.fromkeys(timed[0] - timed[1], names[0]) | dict.fromkeys(timed[1] - timed[0], names[1])
    return Pair(here.name, here.question, tuple(rows), tuple(turned), compared, tuple(sorted(alone.items())))


def _rows(workload: str, n: int, here: Comparison, there: Comparison) -> Iterator[Row]:
    for backend in dict.fromkeys(variant.backend for variant in sorted(here.times)):
        floors = [floor(one, backend) for one in (here, there)]
        shared = [variant for variant in here.on(backend) if variant in there.times]
        samples = {variant.alternative: paired(there.logs(variant), here.logs(variant)) for variant in shared}
        edge = louder(*floors)
        judged = judge(samples, edge)
        for one in floors:
            judged = one.withhold(judged)
        for name, judgement in judged.items():
            variant = Variant(name, backend)
            yield Row(workload, n, variant, here.seconds(variant), judgement, edge)


def _promises(here: Family, there: Family, names: tuple[str, str]) -> tuple[list[Turned], int]:
    turned: list[Turned] = []
    compared = 0
    for name in here.record["alternatives"].keys() & there.record["alternatives"].keys():
        for loop in here.loops:
            theirs = {answer.question.name: answer for answer in there.safety.answers(name, loop)}
            for mine in here.safety.answers(name, loop):
                other = theirs.get(mine.question.name)
                if other and _answered(mine) and _answered(other):
                    compared += 1
                    turned += _turned(Variant(name, loop), (names[0], mine), (names[1], other))
    return sorted(turned, key=lambda one: (one.variant, one.answer.question.name)), compared


def _answered(answer: Answer) -> bool:
    return answer.breaks or (answer.state == "pass" and not answer.question.fact)


def _turned(variant: Variant, *sides: tuple[str, Answer]) -> Iterator[Turned]:
    for (keeping, kept), (breaking, broken) in (sides, sides[::-1]):
        if broken.breaks and not kept.breaks:
            yield Turned(variant, keeping, breaking, broken)
