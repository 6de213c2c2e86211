"""What was found is kept as long as it can be relied on, read with care, and bounded."""

import json
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.plan import services
from benchmarks.safety import conformance, findings
from benchmarks.safety.conformance import Subject
from benchmarks.safety.examination import Answer
from benchmarks.safety.findings import examine_all, record_of
from benchmarks.safety.kept import FEW, FOLDER, MOST, prune
from results.commands import CALLED
from results.files import TEMPORARY
from results.record import run_directories
from results.sealed import write_sealed
from tests.benchmarks.safety.conftest import BROKEN, PROMISES, Checker

DECLARED = 'KNOWN_FAILURES = (("gives_back", "", "so they say"),)\n'


def declare(checker: Checker) -> None:
    """Let the alternative say of itself that it breaks a promise, and break it."""
    (checker.root / "patterns/echo/plain.py").write_text(DECLARED, encoding="utf-8")
    checker.answers = {"gives_back": BROKEN}


def test_what_was_found_is_found_again(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trials, the seed and the turn, the traceback, the command that repeats it, the evidence."""
    monkeypatch.delenv(CALLED, raising=False)
    declare(checker)
    first, then = (checker.asks(), checker.found), (checker.asks(), checker.found)

    assert (first[0], then[0]) == (True, False)
    assert first[1] == then[1]
    assert then[1]["gives_back"]["traceback"] == ["a line", "another"]
    assert then[1]["gives_back"]["reproduce"].endswith("--promise gives_back --seed 2 --tick 7")


def test_the_command_of_a_trial_is_the_caller_s(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is started by tox must write it otherwise than who asked first."""
    declare(checker)
    checker.asks()
    monkeypatch.setenv(CALLED, "tox")

    assert not checker.asks()
    assert checker.found["gives_back"]["reproduce"].startswith("tox -e check -- ")


def test_a_fresh_check_asks_and_keeps_what_it_finds(checker: Checker) -> None:
    """It does not look at what is there, and replaces it."""
    declare(checker)
    asked = [checker.asks(), checker.asks(fresh=True)]
    checker.answers["gives_back"] = replace(BROKEN, trials=5)
    asked += [checker.asks(fresh=True), checker.asks()]

    assert asked == [True, True, True, False]
    assert checker.found["gives_back"]["trials"] == 5


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("", Answer("gives_back", 3, untested="this machine was too busy")),
        ("", BROKEN),
        (DECLARED, Answer("gives_back", 3)),
    ],
    ids=["not tested", "undeclared failure", "unexpected pass"],
)
def test_what_may_come_out_otherwise_is_not_kept(checker: Checker, source: str, answer: Answer) -> None:
    """Nothing of the subject is: its answers belong together."""
    (checker.root / "patterns/echo/plain.py").write_text(source, encoding="utf-8")
    checker.answers = {"gives_back": answer}

    assert [checker.asks(), checker.asks(), checker.files()] == [True, True, []]


def test_a_single_trial_is_asked_and_not_kept(checker: Checker) -> None:
    """Whoever repeats a failure wants to see it."""
    asked = [checker.asks(seed=0), checker.asks(), checker.asks(seed=0)]

    assert (asked, len(checker.files())) == ([True, True, True], 1)


def test_without_a_folder_nothing_is_kept(checker: Checker) -> None:
    """As for whoever asks from a program."""
    assert [checker.asks(kept=None), checker.asks(kept=None), checker.files()] == [True, True, []]


@pytest.mark.parametrize("name", ["patterns/echo/plain.py", "benchmarks/families/echo/promises.py"])
def test_what_was_found_while_the_code_changed_is_not_kept(checker: Checker, name: str) -> None:
    """Nobody knows which of both was asked."""
    path = checker.root / name
    before = path.read_bytes()
    checker.before_keeping = lambda: path.write_bytes(b"# changed\n")
    asked = [checker.asks()]
    path.write_bytes(before)

    assert [*asked, checker.asks()] == [True, True]


def test_a_file_that_goes_while_it_is_asked_is_no_error(checker: Checker) -> None:
    """Its answers are those of nobody."""
    subject = checker.subject()
    path = checker.root / "patterns/echo/plain.py"
    checker.before_keeping = path.unlink

    assert (checker.asks(), checker.files()) == (True, [])
    checker.subject = lambda: subject  # type: ignore[method-assign]
    checker.before_keeping = int
    assert (checker.asks(), checker.files()) == (True, [])


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_text(""),
    "half of it": lambda path: path.write_text(path.read_text()[:200]),
    "no JSON": lambda path: path.write_text("pass"),
    "no text": lambda path: path.write_bytes(b"\xff\xfe"),
    "no object": lambda path: path.write_text("[]"),
    "another object": lambda path: path.write_text('{"answers": 3}'),
    "bottomless": lambda path: path.write_text("[" * 100_000),
    "a number that somebody changed": lambda path: path.write_text(path.read_text().replace('"tick": 7', '"tick": 8')),
    "answers of other circumstances": lambda path: _rewrite(path, circumstances="0" * 64),
    "another seal": lambda path: path.write_text(path.read_text().replace('"seal": "', '"seal": "0')),
    "no answers": lambda path: write_sealed(path, {"circumstances": json.loads(path.read_text())["value"]}),
    "answers of another shape": lambda path: _rewrite(path, answers=[{}]),
    "answers of another type": lambda path: _rewrite(path, answers={"gives_back": None}),
    "less than no trials": lambda path: _with(path, trials=-1),
    "a text for a number": lambda path: _with(path, trials="3"),
    "an answer with more to it": lambda path: _with(path, landed=[True]),
    "a folder": lambda path: path.rename(path.with_suffix(".moved")).parent.joinpath(path.name).mkdir(),
}


def _rewrite(path: Path, **entries: object) -> None:
    """As it would be if we had written it."""
    write_sealed(path, json.loads(path.read_text())["value"] | entries)


def _with(path: Path, **entries: object) -> None:
    answers = json.loads(path.read_text())["value"]["answers"]
    _rewrite(path, answers=[answers[0] | entries, *answers[1:]])


def test_every_byte_is_under_the_seal(checker: Checker) -> None:
    """Whatever a disk makes of a file, it is asked again or says the same."""
    declare(checker)
    checker.asks()
    found = checker.found
    [path] = checker.files()
    whole = path.read_bytes()
    draw = random.Random(1)
    for _ in range(200):
        changed = bytearray(whole)
        changed[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path.write_bytes(changed)
        checker.asks()
        assert checker.found == found


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_or_not_ours_is_asked_again(checker: Checker, damage: str) -> None:
    """It is no error, and not believed."""
    declare(checker)
    checker.asks()
    [path] = checker.files()
    assert not checker.asks()
    DAMAGE[damage](path)

    assert checker.asks()
    assert checker.found["gives_back"]["tick"] == 7


def test_answers_of_another_alternative_are_not_believed(checker: Checker) -> None:
    """Not even under the name of the right file."""
    other = replace(checker, name="other")
    checker.asks()
    other.asks()
    mine, others = sorted(checker.files(), key=lambda path: path.parent.name, reverse=True)
    mine.write_bytes(others.read_bytes())

    assert (mine.parent.name, checker.asks()) == ("plain@asyncio", True)


def test_a_folder_that_cannot_be_written_is_no_error(checker: Checker) -> None:
    """Every check asks, as if there were no such thing."""
    (checker.root / "results" / FOLDER).write_text("in the way")

    assert [checker.asks(), checker.asks()] == [True, True]


def test_the_folder_may_be_deleted(checker: Checker) -> None:
    """Between two checks, and between asking and keeping."""
    asked = [checker.asks()]
    for path in checker.files():
        path.unlink()

    assert [*asked, checker.asks(), checker.asks()] == [True, True, False]


def test_the_newest_few_of_every_python_are_left(tmp_path: Path) -> None:
    """One Python that is asked again and again leaves the others what they have."""
    names = [f"{python}-{number:02}.json" for number in range(FEW + 2) for python in ("cpython-3.12", "cpython-3.13")]
    for age, name in enumerate(reversed(names)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (age, age))
    prune(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == set(names[: 2 * FEW])


def test_pythons_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    """The oldest first, as soon as there are too many."""
    for age in range(MOST + 3):
        (tmp_path / f"cpython-3.13.{age}-0.json").touch()
        os.utime(tmp_path / f"cpython-3.13.{age}-0.json", (age, age))
    prune(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {f"cpython-3.13.{age}-0.json" for age in range(3, MOST + 3)}


def test_what_another_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    """It is newer than all that is old enough to go."""
    for age in range(MOST + 1):
        (tmp_path / f"cpython-3.13.{age}-0.json").touch()
        os.utime(tmp_path / f"cpython-3.13.{age}-0.json", (age, age))
    (tmp_path / f"{TEMPORARY}x.json").touch()
    prune(tmp_path)

    assert (tmp_path / f"{TEMPORARY}x.json").exists()


def test_a_check_that_changes_often_stays_small(checker: Checker) -> None:
    """Each change of an alternative would leave a file behind."""
    for number in range(FEW + 3):
        (checker.root / "patterns/echo/plain.py").write_text(f"number = {number}\n")
        assert checker.asks()

    assert len(checker.files()) == FEW


def test_what_is_kept_is_no_run(checker: Checker) -> None:
    """Whoever lists runs does not meet it, and git ignores it like all runs but the reference."""
    checker.asks()

    assert checker.files()
    assert list(run_directories(checker.root / "results")) == []


@pytest.fixture
def examined(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> Checker:
    """A check of two alternatives from the plan to the record, in which no process is started."""
    both = [checker, replace(checker, name="other")]
    monkeypatch.setattr(findings, "subjects", lambda _: [one.subject() for one in both])
    monkeypatch.setattr(findings, "families", lambda _: ["echo"])
    monkeypatch.setattr(findings, "promises", lambda _: PROMISES)
    monkeypatch.setattr(findings, "versions", lambda _: {})
    return checker


def answering(inquiry: object, todo: list[Subject]) -> object:
    """In place of the processes: the first subject answers, the second has no time left."""
    for subject in todo[:1]:
        for question in list(subject.todo):
            subject.take(subject.todo.pop(0), Answer(question.name, 3, value=True))
        yield subject


def test_a_check_counts_what_it_knew_and_asks_the_rest(examined: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a short budget has not reached is asked the next time, and all of it is known the third time."""
    monkeypatch.setattr(findings, "conform", answering)
    counts = []
    for _ in range(3):
        safety = record_of(examined.inquiry)
        list(examine_all(examined.inquiry, safety))
        counts.append((safety["kept"], safety["asked"], len(safety["findings"])))

    assert counts == [(0, 2, 4), (2, 2, 4), (4, 0, 4)]
    assert {found["state"] for found in safety["findings"]} == {"pass", "yes"}


def test_an_interrupted_check_keeps_what_was_found(examined: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole subjects only; the others were not tested."""
    monkeypatch.setattr(findings, "conform", answering)
    interrupted = examine_all(examined.inquiry, record_of(examined.inquiry))
    next(interrupted)
    interrupted.close()  # type: ignore[attr-defined]

    assert [path.parent.name for path in examined.files()] == ["plain@asyncio"]


def test_nothing_is_started_when_nothing_is_asked(examined: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server of forks, no process, no service."""
    (examined.root / "patterns/echo/plain.py").write_text('SERVICES = ("redis",)\n', encoding="utf-8")
    monkeypatch.setattr(services, "problem", lambda _: "")
    with monkeypatch.context() as before:
        before.setattr(services, "start", lambda _: None)
        before.setattr(findings, "conform", answering)
        for _ in range(2):
            list(examine_all(examined.inquiry, record_of(examined.inquiry)))
    monkeypatch.setattr(conformance, "start_warm_server", lambda _: pytest.fail("a server of forks"))
    monkeypatch.setattr(conformance, "Watched", lambda *_: pytest.fail("a process"))
    monkeypatch.setattr(services, "start", lambda names: names and pytest.fail("a service"))
    safety = record_of(examined.inquiry)

    assert list(examine_all(examined.inquiry, safety)) == []
    assert (safety["kept"], safety["asked"]) == (4, 0)


def test_who_needs_a_server_that_does_not_start_is_not_tested(
    examined: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is started only for those who are asked; why it does not is their reason, this time."""
    (examined.root / "patterns/echo/plain.py").write_text('SERVICES = ("redis",)\n', encoding="utf-8")
    started: list[set[str]] = []
    monkeypatch.setattr(services, "start", started.append)
    monkeypatch.setattr(services, "problem", lambda names: "no port" if names else "")
    monkeypatch.setattr(findings, "conform", answering)
    safety = record_of(examined.inquiry)
    list(examine_all(examined.inquiry, safety))

    assert started == [{"redis"}]
    assert [(found["alternative"], found["state"], found["reason"]) for found in safety["findings"]] == [
        ("plain", "not tested", "no port"),
        ("plain", "not tested", "no port"),
        ("other", "pass", ""),
        ("other", "yes", ""),
    ]
    assert (safety["kept"], safety["asked"]) == (0, 2)
