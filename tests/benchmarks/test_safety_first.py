"""A run asks each family right before it measures it, and finds what it would have found had it asked all first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pytest
from typer.testing import CliRunner

import patterns
from benchmarks import conduct, run
from benchmarks.__main__ import app
from benchmarks.early import EarlyPages
from benchmarks.engine.engines import Measured, Terms
from benchmarks.engine.patience import CLOCK
from benchmarks.job import prepared
from benchmarks.options import Options
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.promises import promises
from benchmarks.safety import findings
from benchmarks.safety.circumstances import circumstances
from benchmarks.safety.conformance import Inquiry, Subject, subject_of
from benchmarks.safety.examination import Answer
from benchmarks.safety.findings import Check, examine_all, record_of
from benchmarks.words import bytes_of
from results.record import read, run_directories
from results.safety import SafetyRecord
from tests.benchmarks.conftest import timed

TAKES = 10.0  # seconds, to ask a family
FILTERS = ["--family", "locks", "--family", "batching", "--backend", "asyncio", "--n", "100"]


@dataclass
class Course:
    """What happens one after the other; Ctrl-C comes in the midst of the check of the family ``interrupted``.

    Measuring a comparison takes ``slow`` seconds.
    """

    pass_time: Callable[[float], None]
    happened: list[str] = field(default_factory=list)
    budgets: list[float] = field(default_factory=list)
    interrupted: str = ""
    slow: float = 0.0

    def conform(self, _: Inquiry, todo: Sequence[Subject]) -> Iterator[Subject]:
        """In place of the processes: everybody keeps everything."""
        for family in dict.fromkeys(subject.alternative.family for subject in todo):
            self.happened.append(f"ask {family}")
            for subject in (one for one in todo if one.alternative.family == family):
                if family == self.interrupted:
                    raise KeyboardInterrupt
                while subject.todo:
                    question = subject.todo.pop(0)
                    subject.take(question, Answer(question.name, 3, value=True))
                yield subject
            self.pass_time(TAKES)

    def engine(self, comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        """In place of measuring."""
        for comparison, one in zip(comparisons, terms, strict=True):
            self.happened.append(f"measure {comparison.family}")
            self.budgets.append(one.budget)
            self.pass_time(self.slow)
            yield Measured([timed(variant) for variant in comparison.variants], launches=1)


@pytest.fixture(name="course")
def fixture_course(monkeypatch: pytest.MonkeyPatch) -> Course:
    """A run in which nothing is asked and nothing measured."""
    course = Course(lambda seconds: monkeypatch.setattr(CLOCK, "asleep", CLOCK.asleep - seconds))
    monkeypatch.setattr(findings, "conform", course.conform)
    monkeypatch.setattr(findings, "start_warm_server", lambda _: None)
    monkeypatch.setitem(run.ENGINES, "turns", course.engine)
    return course


def begun(root: Path, *words: str) -> SafetyRecord:
    """What a run found."""
    CliRunner().invoke(app, ["run", *FILTERS, "--results", str(root), *words])
    found = read(next(run_directories(root))).safety
    assert found
    return found


def test_a_family_is_asked_right_before_it_is_measured(course: Course, tmp_path: Path) -> None:
    """And only then, so that all numbers of the first are there before the second family is asked."""
    begun(tmp_path)

    assert [one for one, _ in groupby(course.happened)] == [
        "ask batching",
        "measure batching",
        "ask locks",
        "measure locks",
    ]
    assert [one for one in course.happened if one.startswith("ask")] == ["ask batching", "ask locks"]


def test_pages_do_not_wait_for_the_next_family(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are drawn as soon as something is measured, before anybody is asked again."""
    monkeypatch.setattr(EarlyPages, "follow", lambda _, done, __: course.happened.append(f"draw {done}"))
    begun(tmp_path)

    asked = course.happened.index("ask locks")
    ours = asked // 2 - 1
    drawn = [said for number in range(1, ours + 1) for said in ("measure batching", f"draw {number}")]

    assert ours > 1
    assert course.happened[:asked] == ["draw 0", "ask batching", *drawn]


def test_what_is_found_does_not_depend_on_when_it_is_asked(course: Course, tmp_path: Path) -> None:
    """The same findings in the same order, and the same sums."""
    inquiry = Inquiry(Filters(("locks", "batching"), (), ("asyncio",)))
    at_once, in_parts = record_of(inquiry), record_of(inquiry)
    list(examine_all(inquiry, at_once))
    check = Check(inquiry, in_parts)
    for family in ("locks", "batching"):
        list(check.ask([family]))

    assert at_once["findings"]
    assert {**in_parts, "seconds": 0} == {**at_once, "seconds": 0}
    assert begun(tmp_path)["findings"] == at_once["findings"]


def test_what_measuring_does_not_come_to_is_asked_in_the_end(course: Course, tmp_path: Path) -> None:
    """The first comparison takes the whole budget: nothing else is measured, and everybody is asked."""
    course.slow = 1e6
    begun(tmp_path)

    assert course.happened == ["ask batching", "measure batching", "ask locks"]


def test_the_check_takes_nothing_but_its_own_time(course: Course, tmp_path: Path) -> None:
    """Measuring gets what is left, as it did when all was asked first: 60 s less two checks."""
    begun(tmp_path, "--budget", "60s", "--extra", "0")
    everything = (1 - PRESETS["standard"].beside) * (60 - 2 * TAKES)  # what is measured beside times has the rest

    assert everything - TAKES < course.budgets[-1] <= everything  # the last one may take what nobody took
    assert read(next(run_directories(tmp_path))).suite["run"]["seconds"] < TAKES


@dataclass
class Elsewhere:
    """In place of the check of another environment, which knows batching already."""

    course: Course
    name: str = "elsewhere"
    code: int = 0
    seconds: float = TAKES
    found: SafetyRecord | None = None
    known: list[str] = field(default_factory=lambda: ["batching"])

    def asked(self, family: str) -> bool:
        """Whether it was."""
        return family in self.known

    def ask(self, family: str, _: Callable[[str], None]) -> None:
        """Ask it."""
        self.known.append(family)
        self.course.happened.append(f"ask {family} elsewhere")
        self.course.pass_time(TAKES)


def test_other_environments_are_asked_what_is_asked_here(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right after that, unless they were, and what that takes, and has taken, is not left for measuring."""
    inquiry = Inquiry(Filters(("locks",), (), ("asyncio",)))
    elsewhere = record_of(inquiry)
    Check(inquiry, elsewhere).give_up("the check had 9 s")
    monkeypatch.setattr(conduct, "checks_there", lambda _: [Elsewhere(course, found=elsewhere)])
    words = ["--results", str(tmp_path), "--budget", "90s", "--extra", "0"]
    said = CliRunner().invoke(app, ["run", *FILTERS, *words]).stderr
    everything = (1 - PRESETS["standard"].beside) * (90 - 4 * TAKES)

    asked = [one for one, _ in groupby(course.happened) if one.startswith("ask")]
    assert asked == ["ask batching", "ask locks", "ask locks elsewhere"]
    assert course.happened.index("ask locks elsewhere") < course.happened.index("measure locks")
    assert everything - TAKES < course.budgets[-1] <= everything
    assert "in elsewhere: not reached: " in said
    assert "(the check had 9 s): locks/" in said


def test_a_run_that_goes_on_asks_whom_it_did_not_ask_to_the_end(course: Course, tmp_path: Path) -> None:
    """Whoever was interrupted is not tested until then, and is asked again."""
    course.interrupted = "locks"
    stopped = begun(tmp_path, "--fresh")
    course.interrupted, course.happened[:] = "", []
    CliRunner().invoke(app, ["run", "--resume", "--results", str(tmp_path)])
    found = read(next(run_directories(tmp_path)))
    states = {(one["family"], one["state"]) for one in stopped["findings"]}

    assert ("locks", "not tested") in states
    assert ("batching", "pass") in states
    assert [one for one in course.happened if one.startswith("ask")] == ["ask locks"]
    assert found.safety
    assert [one for one in found.safety["findings"] if one["state"] == "not tested"] == []
    assert found.suite["run"]["asked"] == ["batching", "locks"]


def test_what_a_check_has_found_a_run_need_not_ask(tmp_path: Path) -> None:
    """Whoever names neither limits nor schedules asks the same questions in the same way, by either command."""
    one = next(entry for entry in patterns.alternatives("locks") if entry.name == "asyncio_lock")
    subject = subject_of(one, BACKENDS["asyncio"], promises("locks"))
    of_check = Inquiry(memory_limit=bytes_of(""))
    _, of_run, _ = prepared(Options(family=["locks"]), tmp_path)

    known = [circumstances(subject, inquiry, "the same") for inquiry in (of_check, of_run)]

    assert known[0]
    assert known[0] == known[1]
