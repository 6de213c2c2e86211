"""Error rates: on a simulated machine whose truth is known, and once for real."""

import json
import math
import random
from pathlib import Path

import pytest

from benchmarks.plan.variants import Variant
from benchmarks.studies import calibration
from benchmarks.studies.calibration import (
    COPIES,
    LAUNCHES,
    PLANTED,
    Line,
    Rate,
    collect,
    coverage,
    false_positives,
    false_winners,
    lines_of,
    noticed,
    pair,
    power,
    session,
    table,
    turned,
)

SESSIONS = 150


def simulated(seed: int, noise: float = 0.01, cheat: float = 0.0) -> Line:
    """A session of ten launches: every copy has noise of its own, and copies that do more take as much longer."""
    drawn = random.Random(seed)

    def ratios(more: float) -> list[float]:
        return [math.log1p(more) + cheat + drawn.gauss(0, noise) for _ in range(10)]

    return {
        "equal": [ratios(0) for _ in range(COPIES // 2)],
        "rows": [ratios(0) for _ in range(COPIES - 1)],
        "planted": {str(more): ratios(more / 100) for more in PLANTED},
    }


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Many sessions on an honest machine."""
    return [simulated(seed) for seed in range(SESSIONS)]


def test_an_honest_machine_keeps_the_level(lines: list[Line]) -> None:
    """The exact level of ten launches is 4.9 %; covered is the rest; no table has a false winner beyond the band."""
    found = false_positives(lines)

    assert found.trials == SESSIONS * COPIES // 2
    assert 0.03 < found.share < 0.07
    assert false_winners(lines).share == 0
    for more in PLANTED:
        assert 0.90 < coverage(lines, more).share < 0.99


def test_power_grows_with_what_was_planted(lines: list[Line]) -> None:
    """With a scatter of 1 %, 5 % more work is always noticed and 1 % more not."""
    assert power(lines, 5).share == 1
    assert power(lines, 1).share < power(lines, 2).share


def test_a_machine_that_favours_one_place_is_found_out() -> None:
    """A shift of 4 % between equal copies: false positives, false winners, and no coverage."""
    biased = [simulated(seed, cheat=0.04) for seed in range(40)]

    assert false_positives(biased).share > 0.9
    assert false_winners(biased).share > 0.2
    assert coverage(biased, 1).share < 0.1


def test_only_rows_that_were_settled_twice_can_turn() -> None:
    """One of two: the open one does not count."""
    same = "practically the same"
    words = [{"a": same, "b": "slower", "c": "not resolved"}, {"a": same, "b": same, "c": "faster"}]

    assert turned([{"words": words}]) == Rate(1, 2)


def test_a_rate_shows_its_interval() -> None:
    """Wilson's interval of 5 in 100, by hand: 2.2 to 11.2 %."""
    assert str(Rate(5, 100)) == "5.0 % [2.2, 11.2] of 100"
    assert str(Rate(0, 0)) == "not measured"


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Two lines are there, the third was cut by a crash: it and the fourth are measured, once each."""
    path = tmp_path / "lines.jsonl"
    kept = [{"kind": "session", "machine": "quiet", "number": number} for number in range(2)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in kept) + '{"kind": "sess')
    asked: list[int] = []

    def measure(number: int, seed: int) -> Line:
        asked.append(number)
        return {}

    collect(path, "session", 4, "quiet", measure)

    assert asked == [2, 3]
    assert [line["number"] for line in lines_of(path)] == [0, 1, 2, 3]


def test_a_short_session_for_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six launches of two equal copies and of one that does a hundred times the work, which nobody can miss."""
    monkeypatch.setattr(calibration, "COPIES", 2)
    monkeypatch.setattr(calibration, "PLANTED", (100, 2, 9900))
    path = tmp_path / "lines.jsonl"
    subject = Variant("locks", "uncontended", 10, "asyncio_lock", "asyncio")
    monkeypatch.setitem(calibration.SUBJECTS, subject, 50)
    collect(path, "session", 1, "quiet", lambda _, seed: session(subject, seed, launches=6, rounds=1))
    (line,) = lines_of(path)

    assert {len(pair) for pair in (*line["equal"], *line["rows"], *line["planted"].values())} == {6}
    assert min(line["planted"]["9900"]) > math.log(5)
    assert table(path).row_count == 14


def test_a_pair_alone_gets_the_rounds_that_fit() -> None:
    """Ten launches, however few seconds there are; the copies are two processes that do the same, but for 2 %."""
    line = pair(Variant("locks", "uncontended", 10, "asyncio_lock", "asyncio"), 1, seconds=0.1)

    assert len(line["planted"]["2"]) == LAUNCHES


def test_what_is_noticed_is_counted() -> None:
    """By the size of what was planted."""
    lines = [{"noticed": {"1": False, "5": True}}, {"noticed": {"1": False, "5": False}}]

    assert noticed(lines, 1) == Rate(0, 2)
    assert noticed(lines, 5) == Rate(1, 2)
