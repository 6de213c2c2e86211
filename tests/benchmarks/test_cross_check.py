"""When two engines agree."""

from benchmarks.cross_check import CHECKED, Agreement, agreement
from benchmarks.workloads import questions


def test_the_wider_interval_decides() -> None:
    """Half-widths 0.01 and 0.03: two hundredths apart agrees, four do not; a row that only one engine has is none."""
    turns = {"a": (0.0, 0.01), "b": (0.5, 0.01), "only here": (0.0, 0.0)}
    stock = {"a": (0.02, 0.03), "b": (0.54, 0.03), "only there": (0.0, 0.0)}

    found = agreement(turns, stock)

    assert found.rows == 2
    assert found == Agreement([(0.54 - 0.5, "b"), (0.02, "a")], [(0.54 - 0.5, "b")])


def test_every_checked_workload_exists_and_waits_for_nobody() -> None:
    """Each is its family's own, and its clock is the wall's."""
    assert {questions(family).workload(name).clock for family, name in CHECKED.items()} == {"wall"}
