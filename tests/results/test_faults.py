"""What nobody expected ends in a line: whose fault it is, where, and how to see more."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from results.faults import FAULT, guarded
from tests.conftest import ROOT


def ended(command: Callable[[], object]) -> Any:
    """The exit code of a command that is guarded."""
    with pytest.raises(SystemExit) as left:
        guarded("loopmark", command)
    return left.value.code


def raising(error: BaseException) -> Callable[[], object]:
    """A command that fails."""

    def command() -> None:
        raise error

    return command


@pytest.fixture(autouse=True)
def process_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests go on writing, and can be interrupted."""
    monkeypatch.setattr("results.faults._abandon_output", lambda: None)
    monkeypatch.setattr("results.faults._end_uninterrupted", lambda: None)


def test_a_fault_of_ours_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """That says so, names the place, and asks for a report; what the exception holds is text."""
    error = KeyError("[red]\x1b[2Jname[/x]\nand more")

    assert ended(raising(error)) == FAULT
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("loopmark: a fault of ours in test_faults.py, line ")
    assert said.err.endswith("; please report it (LOOPMARK_TRACEBACK=1 shows where)\n")
    assert (said.err.count("\n"), "[red]" in said.err, "\x1b[2J" in said.err) == (1, True, False)


def test_the_traceback_is_shown_to_who_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is text, too."""
    monkeypatch.setenv("LOOPMARK_TRACEBACK", "1")

    assert ended(raising(ValueError("\x1b]0;title\x07[/bold]"))) == FAULT
    said = capsys.readouterr().err
    assert "Traceback (most recent call last):" in said
    assert ("[/bold]" in said, "\x1b" in said) == (True, False)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_what_the_system_refuses_is_not_our_fault(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody should report it."""
    assert ended(raising(error)) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"loopmark: the system refuses to go on: {type(error).__name__}")
    assert "report" not in said


def test_who_stops_reading_hears_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """As ``| head`` does."""
    assert ended(raising(BrokenPipeError(32, "Broken pipe"))) == 1
    assert capsys.readouterr().err == ""


def test_an_exit_code_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """It is how commands end."""
    assert ended(raising(SystemExit(3))) == 3
    assert capsys.readouterr().err == ""


def test_a_second_interrupt_changes_nothing() -> None:
    """Whoever presses Ctrl-C gets one exit code, however late the other one arrives."""
    late = "import atexit, os, signal; atexit.register(os.kill, os.getpid(), signal.SIGINT)"
    source = f"{late}\nfrom results.faults import guarded\nguarded('loopmark', lambda: exit(130))"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (130, "")


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
def test_an_output_that_is_full_is_one_line() -> None:
    """The list was not written, and the exit code says so."""
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks", "list", "--family", "locks", "--plain"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "No space left on device" in done.stderr
