"""How launches lie: together, or one of them or a group apart."""

import math

import pytest

from reports.reading.apart import apart
from reports.reading.wording import TIMES
from results.statistics import BAND


@pytest.mark.parametrize(
    ("ratios", "text"),
    [
        ([1.00, 1.01, 1.02, 1.03, 1.04], ""),
        ([1.00, 1.01, 1.02, 1.01, 1.50], f"one launch of 5 lies apart, 1.5{TIMES} slower"),
        ([1.00, 1.01, 1.02, 1.01, 0.50], f"one launch of 5 lies apart, 2.0{TIMES} faster"),
        ([1.00, 1.01, 1.01, 2.00, 2.01], f"5 launches in two groups, 2 and 3, 2.0{TIMES} apart"),
        ([1.00, 1.00, 1.00, 1.00, 1.02], ""),  # within the band
        ([1.00, 1.10, 1.20, 1.30, 2.00], ""),  # they are as wide
        ([1.00, 1.00, 1.00, 2.00], ""),
        ([], ""),
    ],
)
def test_what_a_mean_hides_is_said(ratios: list[float], text: str) -> None:
    """Where the gap is far wider than what is on either side of it, and matters."""
    assert apart([math.log(ratio) for ratio in ratios], BAND) == text
