"""Looks at a machine, on disk."""

from pathlib import Path

import pytest

from results.environment import FILE, LookRecord, add_look, flagged_rounds, flags, read
from results.files import RecordError

LOOK: LookRecord = {
    "taken": "2026-01-02T03:04:05+00:00",
    "disturbances": [{"what": "load 3.0 on 2 cores", "severity": "will disturb", "advice": "wait"}],
    "system": "CPU: use 2 logical CPUs: 0-1",
}


def test_a_run_that_is_taken_up_again_has_two_looks(tmp_path: Path) -> None:
    """The first one stays."""
    later: LookRecord = {**LOOK, "taken": "2026-01-03T03:04:05+00:00", "disturbances": []}
    add_look(tmp_path, LOOK)
    add_look(tmp_path, later)

    assert read(tmp_path) == {"looks": [LOOK, later]}


def test_a_look_that_nobody_could_read_is_not_written(tmp_path: Path) -> None:
    """The looks that are there stay."""
    add_look(tmp_path, LOOK)
    with pytest.raises(RecordError, match=r"at \$\.looks\[1\]\.disturbances\[0\]\.severity"):
        add_look(tmp_path, {**LOOK, "disturbances": [{**LOOK["disturbances"][0], "severity": "none"}]})  # type: ignore[typeddict-item]

    assert read(tmp_path) == {"looks": [LOOK]}


def test_a_run_of_before_has_none(tmp_path: Path) -> None:
    """Nobody looked: that is no problem."""
    assert read(tmp_path) is None


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"looks": [1]}', '{"looks": [{"taken": "now"}]}'])
def test_what_is_damaged_is_named(tmp_path: Path, text: str) -> None:
    """One line that starts with the file."""
    (tmp_path / FILE).write_text(text, encoding="utf-8")

    with pytest.raises(RecordError, match=f"^{tmp_path / FILE}: "):
        read(tmp_path)


@pytest.mark.parametrize("rounds", [(), (0,), (3, 7, 12)])
def test_flags_are_read_back(rounds: tuple[int, ...]) -> None:
    """As metadata, which knows no empty text; without any, nothing is known."""
    assert flags(rounds)
    assert flagged_rounds(flags(rounds)) == frozenset(rounds)
    assert flagged_rounds(None) is None
