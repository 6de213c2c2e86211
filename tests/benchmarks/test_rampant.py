"""Alternatives that no process survives become rows with their reasons; the others are measured all the same."""

import sys
from pathlib import Path

import psutil
import pytest

from results import safety
from results.record import Run, read, run_directories
from tests.conftest import Command, living, project_with, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the faults are those of a POSIX system")
LIMITS = ["--backend", "asyncio", "--hang-limit", "6", "--memory-limit", "150m"]
ENDINGS = {
    "asks_for_too_much": ("raised", "MemoryError"),
    "closes_its_pipes": ("died", "it closed its connection"),
    "eats_memory": ("died", "it used more than 150 MiB of memory"),
    "floods": ("raised", "OSError: [Errno 27] File too large"),
    "forks": ("left something behind", "1 process(es) left, running or not waited for"),
    "ignores_signals": ("hung", "no answer within 6 s"),
    "leaves_a_process": ("left something behind", "process(es) left, running or not waited for"),
    "lets_others_eat": ("died", "it used more than 150 MiB of memory"),
}

FAILURES = {
    "asks_for_too_much": "MemoryError",
    "closes_its_pipes": "it closed its connection",
    "eats_memory": "it used more than 150 MiB of memory",
    "floods": "hung: no sign of life for 6 s",
    "ignores_signals": "hung: no sign of life for 6 s",
    "lets_others_eat": "it used more than 150 MiB of memory",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rampant family, without those that are harmless after the first time."""
    root = project_with("rampant", tmp_path_factory.mktemp("rampant") / "root")
    for name in ("wild", "patient"):
        (root / "patterns" / "echo" / f"{name}.py").unlink()
    return root


@pytest.fixture(scope="module")
def measured(root: Path, command: Command) -> Run:
    """Everything that is rampant, measured once."""
    command(root, "benchmarks", "run", "--preset=smoke", "--seeds=0", "--workload=second", *LIMITS)
    return read(next(run_directories(root / "results")))


@pytest.mark.parametrize("name", ENDINGS)
def test_every_fault_is_a_row_with_its_reason(measured: Run, name: str) -> None:
    """The state and the reason name the fault."""
    rows = [row for row in measured.suite["absences"] if row["alternative"] == name]
    state, reason = ENDINGS[name]

    assert [(state, True)] == [(row["state"], reason in row["reason"]) for row in rows], rows


def test_the_others_are_measured_and_nothing_is_left(measured: Run, root: Path) -> None:
    """The baseline and its twin have their values, and no process has the folder of this family."""
    assert list(measured.suite["comparisons"][0]["loops"]) == ["plain@asyncio", "plain#twin@asyncio"]
    assert working_in(root) == []


def test_every_fault_fails_its_check(root: Path, command: Command) -> None:
    """The reason names the fault, nothing floods the terminal, and who only forgets processes has kept its promises."""
    done = command(root, "benchmarks", "check", "--seeds=2", "--output=found.json", *LIMITS)
    findings = safety.read(root / "found.json")["findings"]
    found = {entry["alternative"]: entry["reason"] for entry in findings}

    assert {name: reason in found[name] for name, reason in FAILURES.items()} == dict.fromkeys(FAILURES, True), found
    assert {name for name, reason in found.items() if not reason} == {"forks", "leaves_a_process", "plain"}
    said = [line for line in done.stderr.splitlines() if not line.startswith(("safety of ", "advice: "))]
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL ")]
    # Who eats memory may be ended while it is imported, and could not be asked then: a line all the same.
    assert len(failed) == sum(entry["state"] == "FAIL" for entry in findings)
    assert (said[0].partition(",")[0], len(said) - 1 + len(failed)) == ("3 kept", len(FAILURES)), said
    until(lambda: working_in(root) == [])  # the server ends by itself when the check has ended


def working_in(folder: Path) -> list[int]:
    """The processes that run in a folder."""
    here = [process.pid for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(folder)]
    return [process for process in here if living(process)]
