"""What was found is kept: answers of earlier checks, beside the record, for as long as their circumstances last.

A file holds all answers of one subject in one set of circumstances. A subject is asked as a whole: what trials leave
behind is watched for over all of its promises, and answers one of them. What only follows from an answer, such as the
command that repeats its trial, is made anew. What is damaged, or not ours, is asked again. The folder may be deleted.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TypedDict

from benchmarks.safety.circumstances import circumstances, code_of
from benchmarks.safety.conformance import Inquiry, Subject, interpreter
from benchmarks.safety.examination import Answer
from results.files import RecordError
from results.safety import surprising
from results.sealed import read_sealed, write_sealed

FOLDER = ".kept"  # among all results, where no run has this name
FEW = 4  # files of a subject on one Python: there are as many presets, each with its own number of seeds
MOST = 4 * FEW  # files of a subject


class KeptRecord(TypedDict):
    """What a file holds: the answers of a subject, and the circumstances in which they were given."""

    circumstances: str
    answers: list[Answer]


class Kept:
    """The answers that an inquiry need not ask for, and those that the next one will not have to.

    Nothing is kept where the inquiry names no folder, or asks for a single trial.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        """Nothing is read yet."""
        self._inquiry = inquiry
        self._folder = inquiry.kept if inquiry.seed is None else None
        self._asked_in: dict[str, str] = {}  # the circumstances, by the label of the subject
        self._code = cache(code_of)

    def recall(self, subject: Subject) -> bool:
        """Answer a subject as it was answered in the same circumstances, if it was; whether that was so."""
        if self._folder is None or not subject.todo:
            return False
        try:
            here = circumstances(subject, self._inquiry, self._code(subject.alternative.family))
        except OSError:  # somebody moves files about: there is nothing to compare with
            return False
        answers = {} if self._inquiry.fresh or not here else read(self._path(subject, here), here)
        if answers.keys() != {question.name for question in subject.asked}:
            self._asked_in[subject.label] = here
            return False
        for question in subject.asked:
            subject.take(question, answers[question.name])
        subject.todo.clear()
        return True

    def keep(self, subject: Subject) -> None:
        """Put the answers of a subject that was asked where the next inquiry finds them, if it may rely on them.

        What was not tested is not kept, nor what contradicts the alternative's own words: that is somebody's mistake or
        the machine's mood, and whoever looks into it wants a new answer. Nor is what was found while files changed.
        """
        here = self._asked_in.get(subject.label)
        found = [subject.findings[question.name] for question in subject.asked]
        if not here or any(one["state"] == "not tested" or surprising(one) for one in found):
            return
        with suppress(OSError, ValueError):  # what cannot be written is asked again
            if here == circumstances(subject, self._inquiry, code_of(subject.alternative.family)):
                path, answers = self._path(subject, here), [asdict(answer) for answer in subject.answers.values()]
                write_sealed(path, {"circumstances": here, "answers": answers})
                prune(path.parent)

    def _path(self, subject: Subject, here: str) -> Path:
        assert self._folder
        environment = interpreter().lower().replace(" ", "-")
        folder = self._folder / subject.alternative.family / f"{subject.alternative.name}@{subject.backend}"
        return folder / f"{environment}-{here[:32]}.json"


def read(path: Path, here: str) -> dict[str, Answer]:
    """The answers in a file, by promise; none unless it is whole and was written in these circumstances."""
    try:
        kept = read_sealed(path, KeptRecord)
    except RecordError:
        return {}
    return {answer.question: answer for answer in kept["answers"]} if kept["circumstances"] == here else {}


def prune(folder: Path) -> None:
    """Delete the oldest files of a subject, so that the newest few of each Python are left; raises OSError."""
    kept: Counter[str] = Counter()
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        environment = path.name.rpartition("-")[0]
        if kept[environment] == FEW or kept.total() == MOST:
            path.unlink(missing_ok=True)
        else:
            kept[environment] += 1
