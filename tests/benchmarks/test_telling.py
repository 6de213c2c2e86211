"""What a run says: how far it has come, what was not reached, and on which Python it measures."""

import platform
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from benchmarks import telling
from benchmarks.__main__ import app
from benchmarks.engine.patience import CLOCK
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.telling import Pace, counted, heading, not_reached, progress, unasked, unmeasured
from results.commands import CALLED
from results.terminal import Terminal


def test_the_heading_says_on_what_and_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python with its path, the loops with their versions, the preset and the most that it takes."""
    monkeypatch.delenv(CALLED, raising=False)
    plan = make_plan(Filters(families=("locks",), backends=("asyncio",)), PRESETS["quick"])

    assert heading(plan, "quick", 460) == [
        f"{platform.python_implementation()} {platform.python_version()} at {sys.executable}; asyncio",
        "quick preset: 4 comparisons, at most 7:40",
    ]
    assert heading(plan, "quick", 460, 95)[-1] == "quick preset: 4 comparisons, about 1:35, at most 7:40"
    assert heading(plan, "quick", 60, 95)[-1] == "quick preset: 4 comparisons, at most 1:00"


def test_through_tox_the_heading_says_how_to_choose_the_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tox takes what it finds, which need not be the newest that is installed."""
    monkeypatch.setenv(CALLED, "tox")

    assert "base_python=/path/to/python" in heading(make_plan(Filters(), PRESETS["smoke"]), "smoke", 1)[1]


def test_without_a_terminal_each_step_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log file must not be silent for half an hour; a name in brackets is no markup."""
    monkeypatch.setattr(telling, "errors", Terminal(stderr=True))
    monkeypatch.setattr(CLOCK, "now", lambda: 100.0)
    with progress("safety of ", deadline=165.0) as teller:
        teller.tell(SimpleNamespace(number=3, total=9, label="locks/[/x]"))

    assert capsys.readouterr().err == "safety of locks/[/x] (3 of 9, at most 1:05 left)\n"


def test_without_a_terminal_short_steps_are_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hundreds of them take a second each; where nothing has to end at a moment, their pace says what is left."""
    moments = [100.0]
    monkeypatch.setattr(telling, "errors", Terminal(stderr=True))
    monkeypatch.setattr(CLOCK, "now", lambda: moments[0])
    with progress("safety of ", pause=30.0) as teller:
        for number in range(1, 8):
            moments[0] += 11.0
            teller.tell(SimpleNamespace(number=number, total=10, label=f"locks/{number}"))

    assert capsys.readouterr().err.splitlines() == [
        "safety of locks/3 (3 of 10, about 1:17 left)",
        "safety of locks/6 (6 of 10, about 0:44 left)",
    ]


def test_on_a_terminal_the_bar_says_what_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until it should end, or must, or at the pace so far; nothing before there is one."""
    monkeypatch.setattr(CLOCK, "now", lambda: 100.0)
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    monkeypatch.setattr(telling, "errors", Terminal(stderr=True, width=100))
    paces = [Pace(165.0, 125.0), Pace(165.0, 105.0), Pace(float("inf"))]
    monkeypatch.setattr(CLOCK, "now", lambda: 110.0)

    assert [pace.left(number, 6) for pace in paces for number in (0, 2)] == [
        "about 0:15 left",
        "about 0:15 left",
        "at most 0:55 left",
        "at most 0:55 left",
        "",
        "about 0:20 left",
    ]
    paces[1].expect(20.0)
    assert paces[1].left(2, 6) == "about 0:20 left"
    with progress("safety of ") as teller:
        monkeypatch.setattr(CLOCK, "now", lambda: 130.0)
        teller.tell(SimpleNamespace(number=1, total=4, label="locks/own"))
        teller.bar.refresh()
    assert "about 1:00 left" in capsys.readouterr().err


def test_what_was_not_reached_is_counted_and_named_by_its_reason() -> None:
    """A comparison once, however many rows it has; the first few by name."""
    row = {"family": "locks", "workload": "busy", "state": "not measured", "reason": "the budget"}
    rows = [{**row, "n": n} for n in (1, 2, 3, 4, 5, 6, 7, 8) for _ in range(2)]
    growing = {**row, "n": 10}  # of which other rows were measured
    suite = {
        "absences": [*rows, {**row, "n": 9, "state": "hung"}, growing],
        "comparisons": [{"family": "locks", "workload": "busy", "n": 10}],
    }

    named = ", ".join(f"locks/busy n={n}" for n in range(1, 7))

    assert not_reached(unmeasured(cast("Any", suite))) == [f"not reached: 8 (the budget): {named} and 2 more"]


def test_who_was_not_asked_is_named_once() -> None:
    """Whatever number of promises was left."""
    finding = {"family": "locks", "alternative": "own", "backend": "trio", "state": "not tested", "reason": "no time"}
    safety = {"findings": [finding, finding, {**finding, "state": "pass", "alternative": "other"}]}

    assert not_reached(unasked(cast("Any", safety))) == ["not reached: 1 (no time): locks/own@trio"]


@pytest.mark.parametrize("arguments", [["--family", "lock"], ["--help"]])
def test_a_run_that_does_not_begin_leaves_no_note(tmp_path: Path, arguments: list[str]) -> None:
    """Nothing may be drawn of it, or tox would show somebody else's page."""
    CliRunner().invoke(app, ["run", "--recorded-in", str(tmp_path / "run"), *arguments])

    assert not (tmp_path / "run").exists()


def test_a_check_says_what_was_known_and_what_is_new() -> None:
    """A declared failure is no surprise, and a fact is neither kept nor broken."""
    states = [("pass", False), ("pass", True), ("FAIL", True), ("FAIL", False), ("yes", False), ("no", False)]
    safety = {"findings": [{"state": state, "declared": declared} for state, declared in states]}

    assert counted(cast("Any", safety)) == (
        "1 kept, 1 known failures, 1 new failures, 1 declared failures that passed, 2 facts"
    )
