"""The safety part of a family's page: the matrix, the evidence behind each of its cells, and what was asked."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.reading.family import Family
from reports.reading.safety import Answer
from reports.reading.wording import DASH, listed, plural, significant, spaced
from reports.views.anchors import Anchors
from reports.views.provenance import check_command, check_differences
from results.eligibility import DECLARED, State
from results.suite import AlternativeRecord

SYMBOLS: dict[State, tuple[str, str, str]] = {
    "pass": ("✓", "pass", "y"),
    "FAIL": ("✗", "FAIL", "x"),
    DECLARED: ("✗", "known", "x"),
    "not applicable": (DASH, "n/a", "a"),
    "not tested": ("?", "not tested", "u"),
    "yes": ("", "yes", "f"),
    "no": ("", "no", "f"),
}
REQUIREMENT = re.compile(r"[\w.-]+")  # the name at the beginning of a requirement
ONE_BY_ONE = ("FAIL", DECLARED)  # states whose evidence is told cell by cell; the others share it


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its words, what is promised, the anchor of its definition, who relies on it, whether it is a fact."""

    words: str
    sentence: str
    anchor: str
    grade: str
    fact: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell: symbol, word and class, the anchor of its evidence, and the number of trials that passed."""

    symbol: str
    word: str
    css: str
    anchor: str
    trials: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An alternative's cells; ``also`` says what was seen while measuring."""

    name: str
    kind: str
    anchor: str
    marks: tuple[Mark, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise that everybody keeps here: its words, the anchor of its definition, and the fewest trials of a row."""

    words: str
    anchor: str
    trials: int


@dataclass(frozen=True, slots=True)
class Entry:
    """The evidence of one cell, or of several that share it; ``names`` are promises and their anchors."""

    anchor: str
    names: tuple[tuple[str, str], ...]
    symbol: str
    word: str
    css: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that was found of one alternative; ``versions`` names what it ran on."""

    name: str
    anchor: str
    kind: str
    versions: str
    passed: str
    facts: str
    entries: tuple[Entry, ...]
    unsafe: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A promise in words; ``relied_on`` is the phrase of those who rely on it, or empty if everybody does."""

    words: str
    anchor: str
    sentence: str
    harm: str
    example: str
    relied_on: str
    fact: bool


@dataclass(frozen=True, slots=True)
class PackageFailure:
    """A package that breaks a promise on some loops: the evidence is that of the first of them.

    ``relied_on`` is the phrase of the programs that rely on it, or empty if everybody does.
    """

    family: str
    alternative: str
    package: str
    words: str
    sentence: str
    relied_on: str
    loops: tuple[str, ...]
    anchor: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class SafetyView:
    """What was found of a family's safety on a loop.

    ``heads`` are the columns of the matrix: what most rows break comes first, and what all of them keep is among
    ``kept`` instead.
    """

    tested: bool
    count: str
    heads: tuple[Head, ...]
    kept: tuple[Kept, ...]
    safe: tuple[MatrixRow, ...]
    unsafe: tuple[MatrixRow, ...]
    proofs: tuple[Proof, ...]
    definitions: tuple[Definition, ...]
    surprises: tuple[str, ...]
    bound: str
    command: str
    differences: str


def safety_view(family: Family, loop: str) -> SafetyView:
    """Gather the safety sections of a family's page for one loop."""
    anchors = Anchors(family)
    unsafe = [name for name in sorted(family.present(loop)) if family.standing(name, loop) == "unsafe"]
    others = sorted(family.present(loop) - set(unsafe))
    everyone = [answer for name in [*others, *unsafe] for answer in family.safety.answers(name, loop)]
    every = heads(family, anchors)
    rows = {name: _matrix_row(family, name, loop, anchors) for name in [*others, *unsafe]}
    told = _telling(every, [*rows.values()])
    shown = {name: replace(row, marks=tuple(row.marks[place] for place in told)) for name, row in rows.items()}
    return SafetyView(
        tested=family.safety.tested,
        count=family.count(loop).text,
        heads=tuple(every[place] for place in told),
        kept=tuple(
            Kept(head.words, head.anchor, min(row.marks[place].trials for row in rows.values()))
            for place, head in enumerate(every)
            if place not in told
        ),
        safe=tuple(shown[name] for name in others),
        unsafe=tuple(shown[name] for name in unsafe),
        proofs=tuple(_proof(family, name, loop, anchors) for name in [*unsafe, *others]),
        definitions=tuple(_definitions(family, anchors)),
        surprises=tuple(surprises(family, [loop])),
        bound=_bound(min((answer.trials for answer in everyone if answer.state == "pass"), default=0)),
        command=check_command(family.measurements, family.name, loop),
        differences=check_differences(family.measurements),
    )


def heads(family: Family, anchors: Anchors) -> tuple[Head, ...]:
    """The columns of the matrix."""
    return tuple(
        Head(
            f"{'fact: ' if question.fact else ''}{spaced(question.name)}",
            question.sentence,
            anchors.definition(question.name),
            question.grade,
            question.fact,
        )
        for question in family.safety.questions
    )


def marks(family: Family, alternative: str, loop: str, anchors: Anchors) -> tuple[Mark, ...]:
    """The cells of an alternative, each with the place of its evidence."""
    answers = family.safety.answers(alternative, loop)
    places = {
        answer.question.name: entry.anchor
        for entry, group in _entries(alternative, answers, anchors)
        for answer in group
    }
    whole = anchors.evidence(alternative)
    return tuple(
        Mark(*SYMBOLS[answer.state], places.get(answer.question.name, whole), answer.trials) for answer in answers
    )


def _matrix_row(family: Family, name: str, loop: str, anchors: Anchors) -> MatrixRow:
    also = tuple(entry.words for entry in family.broken(name, loop) if entry.how == "measured")
    kind = family.record["alternatives"][name]["kind"]
    return MatrixRow(name, kind, anchors.evidence(name), marks(family, name, loop, anchors), also)


def _telling(every: Sequence[Head], rows: Sequence[MatrixRow]) -> list[int]:
    """The columns in which not every row simply passes: what most rows break first, facts last."""

    def order(place: int) -> tuple[bool, int, int]:
        states = [row.marks[place].css for row in rows]
        return every[place].fact, -states.count("x"), -states.count("u")

    def plain(place: int) -> bool:
        return all(row.marks[place].css == "y" and row.marks[place].anchor == row.anchor for row in rows)

    return sorted((place for place in range(len(every)) if not plain(place)), key=order)


def _entries(
    alternative: str, answers: Sequence[Answer], anchors: Anchors
) -> Iterator[tuple[Entry, tuple[Answer, ...]]]:
    """The evidence that takes more than a number: each failure and surprise alone, other cells by their reason."""
    groups: dict[tuple[object, ...], list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.state in ONE_BY_ONE or answer.surprising:
            groups[(answer.question.name,)].append(answer)
        elif answer.state in ("not applicable", "not tested"):
            groups[answer.state, answer.reason].append(answer)
    for group in groups.values():
        first = group[0]
        names = tuple((spaced(answer.question.name), anchors.definition(answer.question.name)) for answer in group)
        place = anchors.evidence(alternative, first.question.name)
        yield Entry(place, names, *SYMBOLS[first.state], first), tuple(group)


def _proof(family: Family, name: str, loop: str, anchors: Anchors) -> Proof:
    answers = family.safety.answers(name, loop)
    record = family.record["alternatives"][name]
    passed: dict[int, list[str]] = defaultdict(list)
    for answer in answers:
        if answer.state == "pass":
            passed[answer.trials].append(spaced(answer.question.name))
    facts = [f"{spaced(one.question.name)}: {one.state}" for one in answers if one.state in ("yes", "no")]
    return Proof(
        name=name,
        anchor=anchors.evidence(name),
        kind=record["kind"],
        versions=versions(family, record, loop),
        passed=_passed(passed),
        facts=", ".join(facts),
        entries=tuple(entry for entry, _ in _entries(name, answers, anchors)),
        unsafe=family.standing(name, loop) == "unsafe",
    )


def _passed(names: Mapping[int, Sequence[str]]) -> str:
    """Which promises passed how many trials; the most common number of trials needs no names."""
    if not names:
        return ""
    usual = max(names, key=lambda trials: (len(names[trials]), trials))
    parts = [f"{plural(trials, 'trial')}: {', '.join(names[trials])}" for trials in sorted(names) if trials != usual]
    many = len(names[usual])
    what = f"the other {many}" if parts else "the one promise" if many == 1 else f"all {many} promises"
    return "; ".join([*parts, f"{plural(usual, 'trial')}: {what}"])


def versions(family: Family, record: AlternativeRecord, loop: str = "") -> str:
    """The packages that an alternative needs, and the loop's, with the versions that were checked."""
    safety = family.measurements.run.safety
    checked = safety["versions"] if safety else family.measurements.run.suite["versions"]
    wanted = record["versions"] | {name: entry for name, entry in checked.items() if name == loop}
    return listed([f"{name} {checked.get(name, version)}" for name, version in wanted.items()])


def _package(family: Family, record: AlternativeRecord) -> str:
    """The package that an alternative is about, with its version: the first that it needs beyond its library, if any.

    The others are what that one talks through.
    """
    required = [REQUIREMENT.match(text) for text in record["requires"][:1]]
    known = {found.group(): record["versions"].get(found.group(), "") for found in required if found}
    return versions(family, {**record, "versions": known or record["versions"]})


def _definitions(family: Family, anchors: Anchors) -> Iterator[Definition]:
    for question in family.safety.questions:
        yield Definition(
            words=spaced(question.name),
            anchor=anchors.definition(question.name),
            sentence=question.sentence,
            harm=question.harm,
            example=question.example,
            relied_on=question.need["phrase"] if question.need else "",
            fact=question.fact,
        )


def package_failures(family: Family, loops: Sequence[str]) -> Iterator[PackageFailure]:
    """Packages that break a promise, basic ones first, a line for each; loops on which it is broken share the line."""
    anchors = Anchors(family)
    for name, record in sorted(family.record["alternatives"].items()):
        found: dict[str, dict[str, Answer]] = defaultdict(dict)
        for loop in loops if record["kind"] == "package" else ():
            for answer in family.safety.broken(name, loop) if name in family.present(loop) else ():
                found[answer.question.name][loop] = answer
        for question, answers in sorted(found.items(), key=lambda item: _needed(item[1])):
            worst = max(answers.values(), key=lambda answer: answer.state == "FAIL")
            yield PackageFailure(
                family=family.name,
                alternative=name,
                package=_package(family, record),
                words=spaced(question),
                sentence=worst.question.sentence,
                relied_on=worst.question.need["phrase"] if worst.question.need else "",
                loops=tuple(answers),
                anchor=anchors.evidence(name, question),
                answer=worst,
            )


def _needed(answers: Mapping[str, Answer]) -> bool:
    """Whether only some programs rely on what was asked."""
    return any(answer.question.need is not None for answer in answers.values())


def surprises(family: Family, loops: Sequence[str]) -> Iterator[str]:
    """Findings that contradict what the alternatives say of themselves, one sentence for all loops that share it."""
    found: dict[tuple[str, str, str], list[tuple[str, Answer]]] = defaultdict(list)
    for loop in loops:
        for name in sorted(family.present(loop)):
            for answer in family.safety.answers(name, loop):
                if answer.surprising:
                    found[name, answer.question.name, answer.state].append((loop, answer))
    for (name, question, state), places in found.items():
        where, answer = listed([loop for loop, _ in places]), places[0][1]
        if state == "pass":
            yield (
                f"`{name}` is declared to break {spaced(question)} on {where}, "
                f"and passed {plural(answer.trials, 'trial')}: it may have been mended."
            )
        else:
            yield f"`{name}` breaks {spaced(question)} on {where}, and does not say so: {answer.reason}"


def _bound(trials: int) -> str:
    """What so many trials without a failure are worth, by the rule of three."""
    return f"{plural(trials, 'trial')} at about {significant(300 / trials, 1)} %" if trials > 3 else ""
