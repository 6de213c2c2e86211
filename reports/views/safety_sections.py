"""The safety part of a family's page: the matrix, the evidence behind each of its cells, and what was asked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    """A column: its words, the anchor of its definition, who relies on it, and whether it is a fact."""

    words: str
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
    """A package that breaks a basic promise on some loops: the evidence is that of the first of them."""

    family: str
    alternative: str
    package: str
    words: str
    sentence: str
    loops: tuple[str, ...]
    anchor: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class SafetyView:
    """The safety sections of a page; failures of a package that are the same in several alternatives are together."""

    tested: bool
    count: str
    heads: tuple[Head, ...]
    safe: tuple[MatrixRow, ...]
    unsafe: tuple[MatrixRow, ...]
    proofs: tuple[Proof, ...]
    definitions: tuple[Definition, ...]
    packages: tuple[tuple[PackageFailure, ...], ...]
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
    return SafetyView(
        tested=family.safety.tested,
        count=family.count(loop).text,
        heads=heads(family, anchors),
        safe=tuple(_matrix_row(family, name, loop, anchors) for name in others),
        unsafe=tuple(_matrix_row(family, name, loop, anchors) for name in unsafe),
        proofs=tuple(_proof(family, name, loop, anchors) for name in [*unsafe, *others]),
        definitions=tuple(_definitions(family, anchors)),
        packages=tuple(_together(package_failures(family, [loop]))),
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
    """The packages that an alternative is about, with their versions: what it needs beyond its library, if anything."""
    required = [REQUIREMENT.match(text) for text in record["requires"]]
    names = [found.group() for found in required if found]
    known = {name: record["versions"].get(name, "") for name in names} or record["versions"]
    return versions(family, {**record, "versions": known})


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
    """Packages that break a basic promise, a line for each; loops on which it is the same share the line."""
    anchors = Anchors(family)
    for name, record in sorted(family.record["alternatives"].items()):
        found: dict[str, dict[str, Answer]] = defaultdict(dict)
        for loop in loops if record["kind"] == "package" else ():
            for answer in family.safety.broken(name, loop) if name in family.present(loop) else ():
                if answer.question.need is None:
                    found[answer.question.name][loop] = answer
        for question, answers in found.items():
            worst = max(answers.values(), key=lambda answer: answer.state == "FAIL")
            yield PackageFailure(
                family=family.name,
                alternative=name,
                package=_package(family, record),
                words=spaced(question),
                sentence=worst.question.sentence,
                loops=tuple(answers),
                anchor=anchors.evidence(name, question),
                answer=worst,
            )


def _together(failures: Iterable[PackageFailure]) -> list[tuple[PackageFailure, ...]]:
    """Failures by package, promise, and what is known of them."""
    groups: dict[tuple[str, ...], list[PackageFailure]] = defaultdict(list)
    for found in failures:
        answer = found.answer
        groups[found.package, found.words, answer.state, answer.reason, answer.evidence].append(found)
    return [tuple(group) for group in groups.values()]


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
