"""Sanity checks: what cannot be is found, said on the page, and ends verdicts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.reading.checks import of_latencies, of_times, said, wrong
from reports.reading.floor import floor
from reports.reading.measured import Comparison, Variant
from results.coherence import TOLERANCE, impossible_latencies, impossible_shares
from results.environment import ConditionsRecord
from results.suite import ComparisonRecord
from tests.reports.parsed import built, page, text_of

Make = Callable[..., Any]
RECORD: ComparisonRecord = {
    "family": "demo",
    "workload": "busy",
    "n": 100,
    "launches": 2,
    "rounds": 1,
    "loops": {},
    "twin_of": "",
    "seconds": 1.0,
    "timed_seconds": 0.5,
}
POSSIBLE = {"p50": 1e-3, "p99": 5e-3, "mean": 2e-3, "arrivals": 1000.0, "in_flight": 2.0}
ROW = Variant("quick", "asyncio")


def conditions(share: float) -> list[ConditionsRecord]:
    """Two launches, of which the second used the processor so much."""
    return [{"launch": n, "rounds": 1, "turns": 2, "cpu_share": one} for n, one in enumerate((0.99, share))]


def comparison(share: float = 1.0, **changed: float) -> Comparison:
    """One that passed all checks, but for the changes."""
    record: ComparisonRecord = {**RECORD, "conditions": conditions(share)}
    measures = {
        name: Comparison(record, {ROW: {0: [value], 1: [changed.get(name, value)]}}) for name, value in POSSIBLE.items()
    }
    return Comparison(record, {ROW: {0: [1.0], 1: [1.0]}}, measures=measures)


def test_processor_time_fits_into_the_walls() -> None:
    """On one core; a hundredth more is for the clocks, which are read one after the other."""
    assert list(impossible_shares({0: 0.4, 1: 1.005})) == []
    assert len(list(impossible_shares({0: 0.4, 1: 1.5}))) == 1
    assert wrong(of_times(comparison(1.5))).startswith("a sanity check failed: launch 1 used 1.50 s")


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, 0),
        ({"p50": 6e-3}, 1),
        ({"in_flight": 2.0 * (1 + TOLERANCE / 2)}, 0),
        ({"in_flight": 2.0 * (1 + TOLERANCE * 2)}, 1),
        ({"mean": 1e-3}, 1),
    ],
)
def test_latencies_that_cannot_be(changed: dict[str, float], faults: int) -> None:
    """Percentiles out of order, or more under way than what arrives and how long it takes allow."""
    assert len(list(impossible_latencies({**POSSIBLE, **changed}))) == faults
    assert len(of_latencies(comparison(**changed), "asyncio")[0].wrong) == faults


def test_what_was_checked_is_said() -> None:
    """How much of it, too; where nothing could be checked, nothing."""
    line = said(comparison(), "asyncio")

    assert line == (
        "no block used more processor time than it took (2 launches); medians are below the slowest 1 %, and Little's "
        "law holds within 5 % (1 row)"
    )
    assert said(Comparison(RECORD, {}), "asyncio") == ""


def test_a_failed_check_ends_verdicts() -> None:
    """The floor of such a comparison withholds the words of its rows, and says why."""
    assert floor(comparison(), "asyncio").reason == ""
    assert "sanity check" in floor(comparison(1.5), "asyncio").reason


def test_a_page_says_what_was_checked(tmp_path: Path, write: Make, fake: Make) -> None:
    """And where a check fails, that there is no verdict for it."""
    fakes = {"usual": fake(backends=("asyncio",)), "quick": fake(0.5, backends=("asyncio",))}
    for share, words in ((1.0, "no block used more processor time than it took (2 launches)"), (1.5, "no, launch 1")):
        run = write(tmp_path / f"run {share}", fakes, points=(100,), conditions=conditions(share))
        tree = page(built(run, tmp_path / f"html {share}"))
        (line,) = (text_of(one) for one in tree.xpath("//p[starts-with(., 'Sanity checks')]"))
        row = text_of(tree.get_element_by_id("table-busy"))

        assert words in line
        assert ("withheld" in row) == (share > 1)
        assert ("faster" in row.partition("brackets")[2].partition("verdict")[2]) == (share <= 1)
