"""Times arranged for comparing: which launches count for what."""

import math
from typing import Any

import pytest

from reports.reading.measured import Comparison, Launched, Variant

ONE, OTHER = Variant("one", "asyncio"), Variant("other", "asyncio")


@pytest.mark.parametrize(
    ("launches", "expected"),
    [("all", [2.0, 3.0, 5.0]), ("planned", [2.0, 3.0]), ("beyond", [5.0])],
)
def test_planned_launches_and_those_beyond(launches: Launched, expected: list[float]) -> None:
    """Two were planned; both took part in one of the others, whose numbers go on."""
    record: Any = {"launches": 2}
    times = {ONE: {0: [2.0], 1: [3.0], 2: [5.0], 3: [9.0]}, OTHER: {0: [1.0], 1: [1.0], 2: [1.0]}}
    found = Comparison(record, times).log_ratios(ONE, OTHER, launches)

    assert [math.exp(value) for value in found] == pytest.approx(expected)
