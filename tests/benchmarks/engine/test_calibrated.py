"""How the first launch of a comparison chooses loops, the calls that nobody times, and rounds."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from benchmarks.engine import guard
from benchmarks.engine.allocation import SHORTEST_BLOCK, Group
from benchmarks.engine.table import FailedError, Seat, Table
from benchmarks.engine.turns import Launch, calibrated
from benchmarks.plan.variants import Variant

ORIGINAL = Variant("locks", "contended", 100, "asyncio_lock", "asyncio")
OTHER = replace(ORIGINAL, alternative="own_lock")
TWIN = replace(ORIGINAL, twin=1)
LAUNCH = Launch([ORIGINAL, OTHER, TWIN], 0, 1, 20, budget=1.0, turn_limit=1.0, slow_limit=0.08, launches=10)


class Scripted:
    """A seat whose worker takes what it is told to for a call, look after look and try after try."""

    def __init__(self, label: str, looks: Sequence[float], tries: Sequence[float] = (math.inf,)) -> None:
        """Seconds of a call; the last one of each stays."""
        self.label = label
        self.asked: list[Any] = []
        self._takes = {"look": iter(looks), "try": iter(tries)}
        self._last = {"look": looks[-1], "try": tries[-1]}
        self.process = type("Process", (), {"pid": None})()

    def send(self, message: tuple[Any, ...]) -> None:
        """Hear it."""
        self.asked.append(message)

    def receive(self, kind: str) -> Any:
        """Answer what was asked last."""
        what, *rest = self.asked[-1]
        if what == "warm":
            return None
        call = next(self._takes[what], self._last[what])
        if math.isnan(call):
            raise FailedError("died", "in the midst of it")
        return [Group(1, 2 * call, 2 * call), Group(1, call, call)] if kind == "looked" else (call * rest[0],) * 2

    def close(self) -> None:
        """Nothing to end."""


def table(*seats: Scripted) -> Table:
    """These seats around a table."""
    return Table(cast("list[Seat]", list(seats)), set())


@pytest.fixture(autouse=True)
def no_strays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of whoever runs the tests are none of these."""
    monkeypatch.setattr(guard, "end_strays", lambda _: None)


def test_a_twin_takes_what_its_original_gets() -> None:
    """It is not even looked at: nothing that a look sees can make equal code differ."""
    original, other, twin = (Scripted(one.label, [0.9e-3]) for one in LAUNCH.variants)
    outcome = calibrated(table(original, other, twin), LAUNCH)

    assert outcome.loops == {one.label: 8 for one in LAUNCH.variants}
    assert outcome.untimed == {one.label: 3 for one in LAUNCH.variants}
    assert outcome.walls == pytest.approx({one.label: 0.9e-3 * 11 for one in LAUNCH.variants})
    assert [message[0] for message in original.asked] == ["warm"] + ["look"] * 2 + ["try"]
    assert twin.asked == []


def test_one_disturbed_look_changes_nothing() -> None:
    """The median of three, as two do not agree; and what has only one, because its calls seem long, is tried."""
    seats = [Scripted(ORIGINAL.label, [0.9e-3, 8e-3, 0.9e-3]), Scripted(OTHER.label, [8e-3], [0.9e-3])]

    assert calibrated(table(*seats), LAUNCH).loops == {ORIGINAL.label: 8, OTHER.label: 8}


def test_a_block_that_turns_out_too_short_gets_more_loops() -> None:
    """All looks were disturbed: a call takes a quarter of what they said, and the twin follows its original."""
    original, twin = Scripted(ORIGINAL.label, [0.9e-3], [0.25e-3]), Scripted(TWIN.label, [0.9e-3])
    outcome = calibrated(table(original, twin), LAUNCH)

    assert outcome.loops == {ORIGINAL.label: 32, TWIN.label: 32}
    assert outcome.loops[ORIGINAL.label] * 0.25e-3 >= SHORTEST_BLOCK
    assert [message[1] for message in original.asked if message[0] == "try"] == [8, 32]


@pytest.mark.parametrize(
    ("looks", "tries", "state"),
    [([1.0], [1.0], "too slow"), ([1e-3], [math.nan], "died"), ([math.nan], [1.0], "died")],
)
def test_a_twin_leaves_with_its_original(looks: list[float], tries: list[float], state: str) -> None:
    """The copy of nothing measures no noise; the others go on."""
    seats = [Scripted(ORIGINAL.label, looks, tries), Scripted(OTHER.label, [0.9e-3]), Scripted(TWIN.label, [0.9e-3])]
    around = table(*seats)
    outcome = calibrated(around, LAUNCH)

    assert outcome.loops == {OTHER.label: 8}
    assert [(failure.label, failure.state) for failure in around.failures] == [
        (ORIGINAL.label, state),
        (TWIN.label, "not measured"),
    ]


def test_long_calls_are_looked_at_once() -> None:
    """A block of one such call has nothing to be tried, and no call before it."""
    original = Scripted(ORIGINAL.label, [0.03])
    outcome = calibrated(table(original), LAUNCH)

    assert (outcome.loops, outcome.untimed) == ({ORIGINAL.label: 1}, {ORIGINAL.label: 0})
    assert [message[0] for message in original.asked] == ["warm", "look"]


def test_nobody_is_left() -> None:
    """Then there are no rounds either."""
    outcome = calibrated(table(Scripted(ORIGINAL.label, [math.nan])), LAUNCH)

    assert (outcome.loops, outcome.rounds) == ({}, 0)
