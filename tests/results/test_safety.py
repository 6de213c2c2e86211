"""The findings of a run survive writing and reading, and a damaged file is one line among the run's problems."""

import json
from copy import deepcopy
from pathlib import Path

import pytest

from results import record, safety
from results.record import RecordError, Writer
from results.safety import FindingRecord, SafetyRecord
from tests.results.smallest import SUITE

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


def altered(**changes: object) -> str:
    """The text of the record with other values."""
    return json.dumps({**SAFETY, **changes})


def test_findings_that_nobody_could_read_are_not_written(tmp_path: Path) -> None:
    """What is there stays, and the line names the place."""
    safety.write(tmp_path / safety.FILE, SAFETY)
    before = (tmp_path / safety.FILE).read_bytes()

    with pytest.raises(RecordError, match=r"safety\.json: .* at \$\.findings\[0\]\.trials"):
        safety.write(tmp_path / safety.FILE, {**SAFETY, "findings": [{**FOUND, "trials": -1}]})
    assert (tmp_path / safety.FILE).read_bytes() == before


def run_directory(folder: Path) -> Path:
    """A run that has measured nothing yet."""
    Writer(folder, {}, deepcopy(SUITE))
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
        ("{", "cannot be read: DecodeError"),
        ("[]", "holds no JSON object"),
        ('{"format": 0}', "format 0 is not 2: written by another version"),
        ('{"format": 2}', "Object missing required field `python`"),
        (
            altered(promises={"locks": {"k": {}}}),
            "Object missing required field `sentence` - at $.promises.locks.k",
        ),
        (altered(promises=[]), "Expected `object`, got `array` - at $.promises"),
        (altered(findings=[{}]), "Object missing required field `family` - at $.findings[0]"),
        (altered(findings=[FOUND, {**FOUND, "state": "odd"}]), "Invalid enum value 'odd' - at $.findings[1].state"),
        (altered(findings=[{**FOUND, "alternative": "x"}]), "$.findings[0]: nothing describes the alternative 'x'"),
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
