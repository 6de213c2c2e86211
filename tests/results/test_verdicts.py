"""The words for ratios, and what they have to exceed."""

import math

import pytest

from results.statistics import BAND, estimate
from results.verdicts import OPEN, TIED, edge_of, judge, reach

STEPS = (-0.009, -0.007, -0.005, -0.003, -0.001, 0.001, 0.003, 0.005, 0.007, 0.009)
LOUD = math.log(1.08)


def spread(factor: float) -> list[float]:
    """Ten log ratios around a factor, whose interval reaches 0.5 % to either side."""
    return [math.log(factor) + step for step in STEPS]


@pytest.mark.parametrize(
    ("factor", "quiet", "loud"),
    [
        (0.5, "faster", "faster"),
        (1.2, "slower", "slower"),
        (1.01, "practically the same", "within the noise here"),
        (0.95, "faster", "within the noise here"),
        (1.03, "not resolved", "within the noise here"),
        (1.08, "slower", "not resolved"),
    ],
)
def test_the_edge_is_the_band_or_the_noise(factor: float, quiet: str, loud: str) -> None:
    """Beyond it faster or slower, inside it the same only where it is the band; on it nothing is resolved."""
    words = {edge: judge({"row": spread(factor)}, edge)["row"].word for edge in (BAND, LOUD)}

    assert words == {BAND: quiet, LOUD: loud}


def test_what_is_within_the_noise_says_how_much_that_is() -> None:
    """And may be settled by more launches, of the twin as well: until then it is a tie."""
    found = judge({"row": spread(0.95)}, LOUD)["row"]

    assert found.why == "differences under 8 % are noise"
    assert found.word in OPEN & TIED


def test_the_noise_reaches_as_far_as_the_far_end() -> None:
    """Below the band it changes nothing."""
    found = estimate(spread(0.99))

    assert reach(found) == pytest.approx(abs(math.log(0.99)) + 0.005, abs=1e-3)
    assert (edge_of(None), edge_of(0.01), edge_of(0.2)) == (BAND, BAND, 0.2)
    assert reach(estimate([0.1])) is None
