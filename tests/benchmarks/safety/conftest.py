"""A project of a few files, and an alternative in it that answers at once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import patterns
from benchmarks.plan.promises import Promise
from benchmarks.safety import circumstances
from benchmarks.safety.conformance import Inquiry, Subject
from benchmarks.safety.examination import Answer, Failure, Moment
from benchmarks.safety.kept import FOLDER, Kept
from benchmarks.safety.trials import Trial
from results.safety import FindingRecord

FILES = (
    "patterns/__init__.py",
    "patterns/echo/__init__.py",
    "patterns/echo/plain.py",
    "patterns/echo/other.py",
    "patterns/pulse/__init__.py",
    "benchmarks/families/echo/promises.py",
    "benchmarks/families/echo/scene.py",
    "benchmarks/families/pulse/promises.py",
    "benchmarks/safety/trials.py",
    "benchmarks/plan/backends.py",
    "benchmarks/engine/guard.py",
    "benchmarks/studies/replay.py",
    "results/safety.py",
)


async def gives_back(trial: Trial) -> None:
    """What was sent comes back."""


async def comes_at_once(trial: Trial) -> None:
    """It does not wait."""


PROMISES = (Promise(gives_back), Promise(comes_at_once, fact=True))
BROKEN = Answer("gives_back", 2, Failure("sent 2, got 1", ("a line", "another")), Moment("gives_back", 2, 7))


@dataclass
class Checker:
    """Checks an alternative of its project again and again, each time as a new check would."""

    root: Path
    inquiry: Inquiry
    family: str = "echo"
    name: str = "plain"
    backend: str = "asyncio"
    promises: tuple[Promise, ...] = PROMISES
    answers: dict[str, Answer] = field(default_factory=dict)
    before_keeping: Callable[[], object] = int
    found: dict[str, FindingRecord] = field(default_factory=dict)

    def subject(self) -> Subject:
        """The alternative as its file is now."""
        path = self.root / "patterns" / self.family / f"{self.name}.py"
        alternative = patterns.describe(self.family, path)
        return Subject(alternative, self.backend, self.promises, list(self.promises))

    def asks(self, **changes: Any) -> bool:
        """Check once, with another inquiry where something ``changes``; whether that had to ask."""
        subject, kept = self.subject(), Kept(replace(self.inquiry, **changes))
        asks = not kept.recall(subject)
        while subject.todo:
            question = subject.todo.pop(0)
            subject.take(question, self.answers.get(question.name, Answer(question.name, 3, value=True)))
        self.before_keeping()
        kept.keep(subject)
        self.found = subject.findings
        return asks

    def files(self) -> list[Path]:
        """Everything in the folder of what is kept."""
        return sorted(path for path in (self.root / "results").rglob("*") if path.is_file() and FOLDER in path.parts)


@pytest.fixture
def checker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checker:
    """A project whose code is these few files."""
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"""What {name} says."""\n', encoding="utf-8")
    monkeypatch.setattr(circumstances, "ROOT", tmp_path)
    return Checker(tmp_path, Inquiry(seeds=4, kept=tmp_path / "results" / FOLDER))
