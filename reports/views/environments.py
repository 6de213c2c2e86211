"""Everything that the page about what changes between environments shows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from reports.reading.between import Between, Pair, Row, Turned, between
from reports.reading.measured import Measurements
from reports.reading.wording import digits_for, duration, listed, plural, significant, spaced, speed_of
from results.verdicts import Word

NOISE: Word = "within the noise here"
WORDS: tuple[Word, ...] = ("practically the same", NOISE, "not resolved", "no interval", "withheld")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that changes: the time of an operation in both environments, and the difference in words."""

    alternative: str
    where: str
    before: str
    after: str
    change: str
    word: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that turns: who keeps it where, and how it is broken elsewhere."""

    alternative: str
    loop: str
    words: str
    keeps: str
    breaks: str
    reason: str


@dataclass(frozen=True, slots=True)
class FamilyPart:
    """A family in two environments; ``counts`` and ``asked`` say how much was compared, ``alone`` what was not."""

    name: str
    question: str
    counts: str
    lines: tuple[Line, ...]
    asked: str
    promises: tuple[Promise, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Two environments: the versions that differ, and their families."""

    first: str
    other: str
    versions: tuple[tuple[str, str, str], ...]
    families: tuple[FamilyPart, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentsPage:
    """The page: what it says first, and a part for each environment beside the first."""

    lede: str
    parts: tuple[Part, ...]


def environments_page(measurements: Measurements) -> EnvironmentsPage | None:
    """Gather the page; None for a run of one environment."""
    found = list(between(measurements))
    return EnvironmentsPage(_lede(found), tuple(map(_part, found))) if found else None


def _lede(found: list[Between]) -> str:
    said = []
    for one in found:
        rows = [row for pair in one.pairs for row in pair.rows]
        changed = sum(row.changed for row in rows)
        turned = sum(len(pair.turned) for pair in one.pairs)
        numbers = f"**{changed:,} of {plural(len(rows), 'row')}** change beyond the noise"
        promises = f"{plural(turned, 'promise')} that one keeps and the other breaks" if turned else "no promise turns"
        said.append(f"From {one.first} to {one.other} {numbers}, and {promises}.")
    return " ".join(said)


def _part(one: Between) -> Part:
    return Part(one.first, one.other, one.versions, tuple(_family(pair, one) for pair in one.pairs))


def _family(pair: Pair, one: Between) -> FamilyPart:
    changed = sorted((row for row in pair.rows if row.changed), key=lambda row: -abs(row.judgement.centre))
    return FamilyPart(
        pair.family,
        pair.question,
        _counts(pair),
        tuple(map(_line, changed)),
        _asked(pair),
        tuple(map(_promise, pair.turned)),
        tuple(_alone(pair, one)),
    )


def _counts(pair: Pair) -> str:
    if not pair.rows:
        return "No row has a time in both."
    changed = sum(row.changed for row in pair.rows)
    rest = [f"{number} {word}{_noise(pair, word)}" for word in WORDS if (number := pair.count(word))]
    return f"{changed} of {plural(len(pair.rows), 'row')} change{f'; {listed(rest)}' if rest else ''}."


def _noise(pair: Pair, word: Word) -> str:
    """What is noise, of the rows with that word, in brackets."""
    if word != NOISE:
        return ""
    edges = sorted(100 * math.expm1(row.edge) for row in pair.rows if row.judgement.word == word)
    ends = dict.fromkeys(significant(edge, 2) for edge in (edges[0], edges[-1]))
    return f" ({' to '.join(ends)} %, by the loop and the question)"


def _asked(pair: Pair) -> str:
    if not pair.compared:
        return "No promise was answered in both."
    answers = f"{plural(pair.compared, 'answer')} compared"
    return f"{answers}: {plural(len(pair.turned), 'promise')} kept in one and broken in the other."


def _line(row: Row) -> Line:
    digits = digits_for(row.judgement)
    return Line(
        row.variant.alternative,
        f"{spaced(row.workload)}, n = {row.n:,}, {row.variant.backend}",
        duration(row.seconds, digits=digits),
        duration(row.seconds * math.exp(row.judgement.centre), digits=digits),
        speed_of(row.judgement),
        row.judgement.word,
    )


def _promise(turned: Turned) -> Promise:
    answer = turned.answer
    reason = answer.reason or answer.evidence
    return Promise(*turned.variant, answer.question.words, turned.keeps, turned.breaks, reason)


def _alone(pair: Pair, one: Between) -> Iterator[str]:
    for name in (one.first, one.other):
        if found := [f"{variant.alternative} on {variant.backend}" for variant, where in pair.alone if where == name]:
            yield f"Only in {name}: {', '.join(found)}."
