"""Error rates: on a simulated machine whose truth is known, and once for real."""

import json
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest

import patterns
from benchmarks.engine.looks import SCREENING, Times
from benchmarks.plan.variants import Variant
from benchmarks.studies import calibration
from benchmarks.studies.calibration import (
    EQUAL,
    PAIR_LAUNCHES,
    PLANTED,
    Copies,
    Line,
    Rate,
    baselines,
    collect,
    coverage,
    equal,
    false_positives,
    false_winners,
    given,
    lines_of,
    noticed,
    pair,
    planted,
    power,
    table,
    turned,
)

SESSIONS = 150


def simulated(seed: int, noise: float = 0.01, cheat: float = 0.0) -> Line:
    """A session of five launches: every copy has noise of its own, and copies that do more take as much longer."""
    drawn = random.Random(seed)

    def ratios(more: float) -> list[float]:
        return [math.log1p(more) + cheat + drawn.gauss(0, noise) for _ in range(5)]

    return {
        "twin": ratios(-cheat / 2),
        "rows": [ratios(0) for _ in range(EQUAL)],
        "planted": {str(more): ratios(more / 100) for more in PLANTED},
    }


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    """Many sessions on an honest machine."""
    return [simulated(seed) for seed in range(SESSIONS)]


def test_an_honest_machine_keeps_the_level(lines: list[Line]) -> None:
    """Five percent, or a little less; covered is the rest; no table has a false winner beyond the band."""
    found = false_positives(lines)

    assert found.count == SESSIONS * EQUAL
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

    assert turned([{"words": words}]) == Rate((0, 1), 1)


def test_a_rate_shows_its_interval() -> None:
    """Wilson's interval of 5 in 100, by hand: 2.2 to 11.2 %."""
    assert str(Rate((1,) * 5 + (0,) * 95, 1)) == "5.0 % [2.2, 11.2] of 100"
    assert str(Rate.of([])) == "not measured"


def test_what_comes_together_counts_less() -> None:
    """Five false alarms in one of ten sessions tell less than five in five of them."""
    together, apart = Rate((5,) + (0,) * 9, 10), Rate((1, 0) * 5, 10)

    assert together.share == apart.share
    assert together.interval()[1] > apart.interval()[1]


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Two lines are there, the third was cut by a crash: it and the fourth are measured, once each."""
    path = tmp_path / "lines.jsonl"
    kept = [{"kind": "equal", "machine": "quiet", "number": number} for number in range(2)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in kept) + '{"kind": "sess')
    asked: list[int] = []

    def measure(number: int, seed: int) -> Line:
        asked.append(number)
        return {}

    collect(path, "equal", 4, "quiet", measure)

    assert asked == [2, 3]
    assert [line["number"] for line in lines_of(path)] == [0, 1, 2, 3]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few copies, launches and rounds."""
    for name in ("EQUAL", "BESIDE"):
        monkeypatch.setattr(calibration, name, 2)
    monkeypatch.setattr(calibration, "LAUNCHES", 2)
    monkeypatch.setattr(calibration, "ROUNDS", 1)
    monkeypatch.setattr(calibration, "PRESET", replace(calibration.PRESET, launches=2, rounds=1))


@pytest.mark.usefixtures("short")
def test_equal_copies_for_real() -> None:
    """The engine chooses the loops, the same for all; whichever baseline it is."""
    every = {variant.label: pair for pair in baselines() for variant in pair[1:] if pair[0].workload == "uncontended"}
    line = equal(*every["asyncio_lock@asyncio"], 1)

    assert line["subject"] == "locks/uncontended/asyncio_lock@asyncio"
    assert line["loops"] >= 1
    assert {len(row) for row in (*line["rows"], line["twin"])} == {2}
    assert len(line["rows"]) == 2


@pytest.mark.usefixtures("short")
def test_a_baseline_without_a_number_ends_no_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its session says why, and the table is that of the others."""
    monkeypatch.setattr(calibration, "PRESET", replace(calibration.PRESET, slow_limit=1e-9))
    comparison, baseline = next(pair for pair in baselines() if pair[0].workload == "uncontended")
    path = tmp_path / "lines.jsonl"
    collect(path, "equal", 1, "quiet", lambda _, seed: equal(comparison, baseline, seed))
    (line,) = lines_of(path)

    assert "one block takes" in line["missing"]
    assert set(table(path).columns[1].cells) == {"not measured"}


def test_every_family_s_baseline_is_a_subject() -> None:
    """In each workload, on each loop that has one."""
    assert {pair[0].family for pair in baselines()} == set(patterns.families())
    assert {variant.backend for _, variant in baselines()} >= {"asyncio", "uvloop", "trio"}


@pytest.mark.usefixtures("short")
def copies_of(count: int) -> list[Variant]:
    """Copies of some alternative."""
    return [replace(next(iter(calibration.SUBJECTS)), twin=number) for number in range(count)]


def times_of_copies(copies: list[Variant], launches: int, noise: dict[int, float]) -> Times:
    """Times that scatter by a thousandth, but for the copies that are named."""
    drawn = random.Random(7)
    return {
        copy.label: {
            launch: [math.exp(drawn.gauss(0, noise.get(copy.twin, 1e-3))) for _ in range(3)]
            for launch in range(launches)
        }
        for copy in copies
    }


def test_a_copy_leaves_when_it_is_known_well_enough() -> None:
    """As rows of a run do, which are told by the labels of alternatives."""
    copies = copies_of(5)
    series = Copies(given(copies, [1] * 5, 1, 3))

    assert series.needed(times_of_copies(copies, 3, {}), 3) == set()
    assert series.needed(times_of_copies(copies, 3, {4: 0.3}), 3) == {copies[0].label, copies[4].label}


def test_a_copy_that_does_twice_as_much_leaves_at_the_first_look() -> None:
    """Its loops are no part of what pyperf tells; who may be picked stays."""
    copies = copies_of(5)
    found = times_of_copies(copies, 2, {})

    assert Copies(given(copies, [100] * 5, 1, 3)).needed(found, 2) == {copy.label for copy in copies}
    assert Copies(given(copies, [100] * 4 + [200], 1, 3)).needed(found, 2) == {copy.label for copy in copies[:4]}


def test_planted_copies_for_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One does a hundred times the work, which nobody can miss; at how many looks it leaves is the machine's matter."""
    monkeypatch.setattr(calibration, "PLANTED", (100, 2, 9900))
    path = tmp_path / "lines.jsonl"
    subject = Variant("locks", "uncontended", 10, "asyncio_lock", "asyncio")
    monkeypatch.setitem(calibration.SUBJECTS, subject, 50)
    collect(path, "planted", 1, "quiet", lambda _, seed: planted(subject, seed))
    (line,) = lines_of(path)

    assert {len(row) for row in line["rows"]} <= set(range(SCREENING, calibration.LAUNCHES + 1))
    assert min(line["planted"]["9900"]) > math.log(5)
    assert table(path).row_count == 14


def test_a_pair_alone_gets_the_rounds_that_fit() -> None:
    """Ten launches, however few seconds there are; the copies are two processes that do the same, but for 2 %."""
    line = pair(Variant("locks", "uncontended", 10, "asyncio_lock", "asyncio"), 1, seconds=0.1)

    assert len(line["planted"]["2"]) == PAIR_LAUNCHES


def test_what_is_noticed_is_counted() -> None:
    """By the size of what was planted."""
    lines = [{"noticed": {"1": False, "5": True}}, {"noticed": {"1": False, "5": False}}]

    assert noticed(lines, 1) == Rate((0, 0), 1)
    assert noticed(lines, 5) == Rate((1, 0), 1)
