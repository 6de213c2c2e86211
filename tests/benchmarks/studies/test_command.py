"""Every study says what it is for, and none measures beside a run."""

import os
import pkgutil
import sys
from pathlib import Path

import pytest

from benchmarks import studies
from benchmarks.alone import alone
from benchmarks.studies.command import run_study
from tests.conftest import ROOT, Command

STUDIES = sorted({module.name for module in pkgutil.iter_modules(studies.__path__)} - {"command"})


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_answers_help(study: str, command: Command) -> None:
    """And measures nothing then."""
    done = command(ROOT, f"benchmarks.studies.{study}", "--help")

    assert (0, "Usage: python -m benchmarks.studies." in done.stdout) == (done.returncode, True), done.stderr


@pytest.mark.parametrize("study", STUDIES)
def test_no_study_measures_beside_a_run(study: str, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them looks for one before anything else."""
    lock = Path(os.environ["TMPDIR"]) / f"loopmark-{os.getuid()}.lock"
    monkeypatch.setattr("benchmarks.alone.lock_file", lambda: lock)
    with alone() as tell:
        tell("a record")
        done = command(ROOT, f"benchmarks.studies.{study}")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("loopmark: another run is measuring on this machine: process ")


def test_a_study_does_not_measure_beside_a_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two would measure each other: one line, exit code 2."""
    monkeypatch.setattr(sys, "argv", ["study"])
    measured: list[str] = []
    with alone() as tell:
        tell("a record")
        with pytest.raises(SystemExit) as ended:
            run_study(lambda: measured.append("a study"))

    assert (ended.value.code, measured) == (2, [])
    assert capsys.readouterr().err.startswith("loopmark: another run is measuring on this machine: ")
