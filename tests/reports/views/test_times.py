"""Printed times agree with printed ratios."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.reading.family import Case, Family
from reports.reading.floor import Floor
from reports.reading.measured import Comparison, Variant, measurements
from reports.reading.ranking import Ranking
from reports.reading.verdicts import Candidate
from reports.views.table import table
from results import record
from results.suite import ComparisonRecord

Make = Callable[..., Any]
RECORD: ComparisonRecord = {
    "family": "demo",
    "workload": "busy",
    "n": 100,
    "launches": 10,
    "rounds": 1,
    "loops": {},
    "twin_of": "",
    "seconds": 1.0,
    "timed_seconds": 0.5,
}


def test_a_time_is_the_baselines_times_the_ratio() -> None:
    """A machine that is half as fast in the launches that a row was not in changes the time, and not the ratio."""
    usual, quick = Variant("usual", "asyncio"), Variant("quick", "asyncio")
    times = {
        usual: {number: [1.0 if number < 10 else 2.0] for number in range(20)},
        quick: {number: [0.5] for number in range(10)},
    }
    comparison = Comparison(RECORD, times)
    candidates = (Candidate("usual"), Candidate("quick"))

    def ratios(over: str, under: str) -> list[float]:
        return comparison.log_ratios(Variant(over, "asyncio"), Variant(under, "asyncio"))

    case = Case(comparison, "asyncio", Ranking(ratios, candidates, "usual"), Floor(None))

    assert case.seconds("usual") == comparison.seconds(usual) == 1.5
    assert case.seconds("quick") == pytest.approx(0.75)
    assert comparison.seconds(quick) == 0.5


def test_without_a_ratio_a_time_is_its_own() -> None:
    """There is no baseline to multiply."""
    comparison = Comparison(RECORD, {Variant("quick", "asyncio"): {number: [0.5] for number in range(10)}})
    candidates = (Candidate("quick"),)
    case = Case(comparison, "asyncio", Ranking(lambda *_: [], candidates, None), Floor(None))

    assert case.seconds("quick") == 0.5


def test_every_row_divides_to_its_ratio(tmp_path: Path, write: Make, fake: Make) -> None:
    """The time column against the ratio column."""
    fakes = {"usual": fake(), "quick": fake(0.5), "slow": fake(3.3)}
    family = Family("demo", measurements(record.read(write(tmp_path, fakes, points=(100,), noise=0.1))))
    rows = {row.name: row for row in table(family, "busy", "asyncio").rows}

    assert rows.keys() == fakes.keys()
    for row in rows.values():
        assert row.seconds / rows["usual"].seconds == pytest.approx(math.exp(row.sort_ratio or 0.0))
