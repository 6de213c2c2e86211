"""What is known of an alternative's safety: what was found, and what its file declares where nothing was tested."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.reading.wording import spaced
from results.eligibility import DECLARED, State, breaks, known_state, need_of
from results.safety import FindingRecord, SafetyRecord
from results.suite import FAILED, FamilyRecord, KnownFailureRecord, NeedRecord

OURS = ("benchmarks/", "patterns/")  # what stands above such a frame is the loop, which calls everything


@dataclass(frozen=True, slots=True)
class Question:
    """A promise: what is promised, the harm when it is broken, an example; a fact is disclosed and not judged.

    ``need`` is that of the programs that rely on it; everybody relies on a promise without one.
    """

    name: str
    sentence: str
    harm: str
    example: str
    fact: bool
    need: NeedRecord | None = None

    @property
    def grade(self) -> str:
        """Who relies on it, in a word or two: ``basic``, ``need threads``, or ``fact``."""
        return "fact" if self.fact else f"need {self.need['name']}" if self.need else "basic"

    @property
    def words(self) -> str:
        """The promise as part of a sentence; the name where nobody wrote it down."""
        return self.sentence.rstrip(".") or spaced(self.name)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a promise found of an alternative on a backend; the fields are those of the record.

    ``declared`` is what its file says of this failure, or empty; ``path`` is where that file is.
    """

    question: Question
    state: State
    trials: int = 0
    seed: int | None = None
    tick: int | None = None
    reason: str = ""
    traceback: tuple[str, ...] = ()
    reproduce: str = ""
    declared: bool = False
    evidence: str = ""
    path: str = OURS[-1]

    @property
    def frames(self) -> tuple[str, ...]:
        """The traceback from the project's own code on; its end is left out where it only repeats the reason."""
        lines = self.traceback
        first = next((place for place, line in enumerate(lines) if line.startswith((*OURS, self.path))), 0)
        repeats = lines and self.reason and lines[-1].endswith(self.reason)
        return lines[first:-1] if repeats else lines[first:]

    @property
    def breaks(self) -> bool:
        """Whether a promise is broken: a fact cannot be, and a declared failure that passed is not."""
        return not self.question.fact and breaks(self.state)

    @property
    def judged(self) -> bool:
        """Whether a promise was put to the test here, or could not apply."""
        return not self.question.fact and self.state in ("pass", "FAIL", "not applicable")

    @property
    def surprising(self) -> bool:
        """Whether it contradicts what the alternative says of itself."""
        return (self.state == "FAIL" and not self.declared) or (self.state == "pass" and self.declared)


class FamilySafety:
    """The answers of one family. ``tested`` is false when the run has no findings at all."""

    def __init__(self, name: str, record: FamilyRecord, safety: SafetyRecord | None) -> None:
        """``safety`` is the run's record, if there is one."""
        self.record = record
        self.tested = safety is not None
        mine = [found for found in safety["findings"] if found["family"] == name] if safety else []
        self._findings = {(found["alternative"], found["backend"], found["promise"]): found for found in mine}
        self.questions = tuple(_questions(name, record, safety, mine))
        self._asked = {(backend, alternative) for alternative, backend, _ in self._findings}
        self._answers: dict[tuple[str, str], tuple[Answer, ...]] = {}

    def asked(self, backend: str) -> set[str]:
        """The alternatives that have a finding on a backend."""
        return {alternative for other, alternative in self._asked if other == backend}

    def answers(self, alternative: str, backend: str) -> tuple[Answer, ...]:
        """One answer to every question, in the order of the questions."""
        key = alternative, backend
        if key not in self._answers:
            self._answers[key] = tuple(self._answer(question, *key) for question in self.questions)
        return self._answers[key]

    def _answer(self, question: Question, alternative: str, backend: str) -> Answer:
        found = self._findings.get((alternative, backend, question.name))
        known = self._declared(alternative, backend, question.name)
        if known and known_state(found and found["state"], declares=True) == DECLARED:
            return Answer(question, DECLARED, declared=True, evidence=known["evidence"], reason=_reason(found))
        if found is None:
            reason = "it was not asked" if self.tested else "nothing was tested for safety in this run"
            return Answer(question, "not tested", reason=reason)
        return Answer(
            question,
            found["state"],
            found["trials"],
            found["seed"],
            found["tick"],
            found["reason"],
            tuple(found["traceback"]),
            found["reproduce"],
            found["declared"],
            found["evidence"],
            self.record["alternatives"][alternative]["path"],
        )

    def _declared(self, alternative: str, backend: str, name: str) -> KnownFailureRecord | None:
        known = self.record["alternatives"][alternative]["known_failures"]
        return next((entry for entry in known if entry["promise"] == name and backend in entry["applies_to"]), None)

    def broken(self, alternative: str, backend: str) -> tuple[Answer, ...]:
        """The promises that it does not keep on a backend, basic or not."""
        return tuple(answer for answer in self.answers(alternative, backend) if answer.breaks)


def _reason(found: FindingRecord | None) -> str:
    return found["reason"] if found else ""


def _questions(
    name: str, record: FamilyRecord, safety: SafetyRecord | None, findings: list[FindingRecord]
) -> Iterator[Question]:
    """Promises, then those that only a file or a finding names, then facts."""
    written = safety["promises"].get(name, {}) if safety else {}
    needs = record.get("needs", [])
    told = [
        Question(one, entry["sentence"], entry["harm"], entry["example"], entry["fact"], need_of(one, needs))
        for one, entry in written.items()
    ]
    known = (entry for one in record["alternatives"].values() for entry in one["known_failures"])
    # How measuring may end is no question: such a row has its reason in its place.
    declared = {entry["promise"] for entry in known} - FAILED
    others = sorted((declared | {found["promise"] for found in findings}) - written.keys())
    yield from (question for question in told if not question.fact)
    yield from (Question(one, "", "", "", fact=False, need=need_of(one, needs)) for one in others)
    yield from (question for question in told if question.fact)


@dataclass(frozen=True, slots=True)
class Count:
    """How many alternatives were asked on a loop, and how many of them are safe; the others were not tested."""

    safe: int
    asked: int
    unfinished: int
    untested: int
    known_unsafe: int

    @property
    def text(self) -> str:
        """``12 of 18 safe``, of those that answered everything, and what is not known of the others."""
        answered = self.asked - self.unfinished
        parts = [f"{self.safe} of {answered} safe"] if answered else []
        parts += [f"{self.unfinished} not fully tested"] if self.unfinished else []
        if self.untested:
            known = f" ({self.known_unsafe} of them known to be unsafe)" if self.known_unsafe else ""
            parts.append(f"{self.untested} not tested{known}")
        return ", ".join(parts) or "nothing to test"
