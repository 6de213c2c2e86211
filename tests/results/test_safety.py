"""The findings of a run survive writing and reading, and a damaged file is one line among the run's problems."""

import json
from pathlib import Path
from typing import Any

import pytest

from results import record, safety
from results.record import SuiteRecord
from results.safety import FindingRecord, SafetyRecord

FOUND: FindingRecord = {
    "family": "locks",
    "alternative": "asyncio_lock",
    "backend": "asyncio",
    "promise": "cancelled_waiter",
    "state": "pass",
    "trials": 55,
    "seed": None,
    "tick": None,
    "reason": "",
    "traceback": [],
    "reproduce": "",
    "declared": False,
    "evidence": "",
}
SAFETY: SafetyRecord = {
    "format": safety.FORMAT,
    "python": "CPython 3.13.0 on linux",
    "versions": {"python": "3.13.0"},
    "seeds": 50,
    "seconds": 2.5,
    "promises": {
        "locks": {"cancelled_waiter": {"sentence": "It is removed.", "harm": "It stays.", "example": "", "fact": False}}
    },
    "findings": [FOUND],
}


def run_directory(folder: Path) -> Path:
    """An empty run."""
    suite: Any = dict.fromkeys(SuiteRecord.__annotations__)
    suite |= {"format": record.FORMAT, "families": {}, "backends": {}, "comparisons": [], "absences": []}
    record.replace_json(folder / "machine.json", {})
    record.replace_json(folder / "suite.json", suite)
    return folder


def test_findings_are_part_of_a_run(tmp_path: Path) -> None:
    """What was written is read back, and there is nothing to complain about."""
    safety.write(run_directory(tmp_path) / safety.FILE, SAFETY)
    run = record.read(tmp_path)

    assert (run.safety, run.problems) == (SAFETY, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "missing: nothing was tested for safety in this run"),
        ("{", "cannot be read: JSONDecodeError"),
        ("[]", "holds no JSON object"),
        ('{"format": 0}', "format 0 is not 2: written by another version"),
        ('{"format": 2}', "not a safety record of ours: the record lacks findings, promises"),
        (json.dumps({**SAFETY, "promises": {"locks": {"fifo": {}}}}), "not a safety record of ours: promise locks."),
        (json.dumps({**SAFETY, "promises": []}), "not a safety record of ours: AttributeError"),
        (json.dumps({**SAFETY, "findings": [{}]}), "not a safety record of ours: finding 1 lacks alternative, "),
        (
            json.dumps({**SAFETY, "findings": [FOUND, {**FOUND, "state": "odd"}]}),
            "not a safety record of ours: finding 2 has the unknown state 'odd'",
        ),
    ],
)
def test_unusable_findings_are_a_problem_and_not_an_end(tmp_path: Path, text: str | None, message: str) -> None:
    """One line names the file and what is wrong with it; the run is read without it."""
    path = run_directory(tmp_path) / safety.FILE
    if text is not None:
        path.write_text(text, encoding="utf-8")
    run = record.read(tmp_path)

    assert run.safety is None
    assert [line.startswith(f"{path}: {message}") for line in run.problems] == [True], run.problems
