"""What changes between environments is said by the rule of all tables, and nothing else is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports.reading.between import between
from reports.reading.measured import Measurements, measurements
from results.record import read
from tests.reports.synthetic import Fake, finding, safety_record, write_run

FAKES = {"usual": Fake(), "quick": Fake(0.5), "same": Fake(), "careful": Fake(2.0)}


def both(folder: Path, others: dict[str, Fake], **settings: Any) -> Measurements:
    """A run of two environments, ``old`` and ``new``, the fakes in one and others in the other."""
    run = write_run(folder / "run", FAKES, points=(100,))
    write_run(run / "environments" / "new", others, points=(100,), drawn="anew", **settings)
    found = read(run)
    found.suite["run"]["environment"] = "old"
    found.elsewhere["new"].suite["run"]["environment"] = "new"
    return measurements(found)


def test_a_row_that_differs_is_said_and_none_is_invented(tmp_path: Path) -> None:
    """Of four alternatives on two loops one takes a fifth longer in the other environment: that one, and no other."""
    (one,) = between(both(tmp_path, FAKES | {"careful": Fake(2.4)}))
    (pair,) = one.pairs
    changed = {row.variant.label: row.judgement.word for row in pair.rows if row.changed}
    assert changed == {"careful@asyncio": "slower", "careful@uvloop": "slower"}
    assert len(pair.rows) == 8
    assert (one.first, one.other) == ("old", "new")


def test_the_same_twice_changes_nothing(tmp_path: Path) -> None:
    """Nor does a promise turn."""
    (one,) = between(both(tmp_path, FAKES))
    assert [row.judgement.word for pair in one.pairs for row in pair.rows] == ["practically the same"] * 8
    assert not one.pairs[0].turned
    assert one.pairs[0].compared == 4 * 2 * 2  # a fact is no promise


def test_the_louder_twin_of_the_two_says_what_is_noise(tmp_path: Path) -> None:
    """Where the same code differed by a third in one environment, a fifth is within the noise."""
    (one,) = between(both(tmp_path, FAKES | {"careful": Fake(2.4)}, twin_factor=1.33))
    words = {row.variant.label: row.judgement.word for row in one.pairs[0].rows}
    assert words["careful@asyncio"] == "within the noise here"


def test_a_promise_that_turns_is_named_with_who_keeps_it(tmp_path: Path) -> None:
    """Whichever of the two environments breaks it."""
    broken = safety_record(FAKES, finding("quick", "asyncio", "no_leaks", state="FAIL"))
    (one,) = between(both(tmp_path / "a", FAKES, safety=broken))
    (turned,) = one.pairs[0].turned
    assert (turned.variant.label, turned.answer.question.name) == ("quick@asyncio", "no_leaks")
    assert (turned.keeps, turned.breaks) == ("old", "new")


def test_a_promise_that_both_break_does_not_turn(tmp_path: Path) -> None:
    """It is broken here as there, which the pages of families say."""
    broken = safety_record(FAKES, finding("quick", "asyncio", "no_leaks", state="FAIL"))
    run = write_run(tmp_path / "run", FAKES, points=(100,), safety=broken)
    write_run(run / "environments" / "new", FAKES, points=(100,), safety=broken)
    (one,) = between(measurements(read(run)))
    assert (one.pairs[0].turned, one.pairs[0].compared) == ((), 16)


def test_what_was_not_asked_in_one_is_not_compared(tmp_path: Path) -> None:
    """A promise that nobody asked there neither turns nor counts."""
    (one,) = between(both(tmp_path, FAKES, safety=None))
    assert (one.pairs[0].compared, one.pairs[0].turned) == (0, ())


def test_what_one_environment_alone_has_is_told(tmp_path: Path) -> None:
    """A package may not be there for each Python."""
    (one,) = between(both(tmp_path, {name: fake for name, fake in FAKES.items() if name != "same"}))
    assert {(variant.label, name) for variant, name in one.pairs[0].alone} == {
        ("same@asyncio", "old"),
        ("same@uvloop", "old"),
    }


def test_a_run_of_one_environment_has_none_beside_it(tmp_path: Path, write: Callable[..., Path]) -> None:
    """As before."""
    assert not list(between(measurements(read(write(tmp_path / "run", FAKES, points=(100,))))))
