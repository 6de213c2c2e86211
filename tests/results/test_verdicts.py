"""The words for ratios, and what they have to exceed."""

import math

import pytest

from results.statistics import BAND, estimate
from results.verdicts import OPEN, TIED, Word, agrees_with_ranks, edge_of, judge, noise, reach

STEPS = (-0.009, -0.007, -0.005, -0.003, -0.001, 0.001, 0.003, 0.005, 0.007, 0.009)
LOUD = math.log(1.08)


def spread(factor: float) -> list[float]:
    """Ten log ratios around a factor, whose interval reaches 0.4 % to either side."""
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


def test_a_noise_of_hundreds_of_percent_is_a_number_that_people_read() -> None:
    """On a machine that is that loud, it is said without powers of ten."""
    assert judge({"row": spread(0.95)}, math.log(3.1))["row"].why == "differences under 210 % are noise"


def test_the_noise_reaches_as_far_as_the_far_end() -> None:
    """Below the band it changes nothing."""
    found = estimate(spread(0.99))

    assert reach(found) == pytest.approx(abs(math.log(0.99)) + 0.0043, abs=1e-3)
    assert (edge_of(None), edge_of(0.01), edge_of(0.2)) == (BAND, BAND, 0.2)
    assert reach(estimate([0.1])) is None


@pytest.mark.parametrize(
    ("ratio", "word", "coarse"),
    [(1.5, "slower", True), (0.5, "faster", True), (1.05, "not resolved", False), (1.0, "not resolved", False)],
)
def test_two_launches_tell_only_what_is_far_off(ratio: float, word: Word, coarse: bool) -> None:
    """Beyond twice the edge, at 99 %; nobody is the same after two launches."""
    around = {f"row {at}": [at / 1000, -at / 1000] for at in range(1, 9)}
    found = judge({"this": [math.log(ratio) - 0.002, math.log(ratio) + 0.002], **around})["this"]

    assert (found.word, found.coarse) == (word, coarse)
    assert found.estimate.interval is not None
    assert found.estimate.interval.level == 0.99
    if not coarse:
        assert found.why == "two launches tell only what lies beyond 6.1 %"


def test_three_launches_are_no_coarse_figure() -> None:
    """They have the usual interval, and the usual words."""
    found = judge({"row": [0.5, 0.501, 0.502], "other": [0.0, 0.001, 0.002]})["row"]

    assert (found.word, found.coarse) == ("slower", False)


def test_the_same_code_twice() -> None:
    """It borrows from the rows beside it; without a second copy there is no floor."""
    twin = [0.001, -0.001, 0.002]
    alone, beside = noise(twin, []), noise(twin, [[0.3, 0.301, 0.302], [0.1, 0.102, 0.101], [0.2, 0.2, 0.203]])

    assert noise([], [[0.3, 0.301, 0.302]]) is None
    assert alone is not None
    assert beside is not None
    assert alone.low is not None
    assert beside.low is not None
    assert alone.low < beside.low < 0


@pytest.mark.parametrize(
    ("word", "agrees"),
    [("slower", True), ("faster", False), ("practically the same", False), ("not resolved", None)],
)
def test_exact_ranks_contradict_only_another_word(word: Word, agrees: bool | None) -> None:
    """Ten launches around 1.2; with five there are no exact ranks to ask."""
    assert agrees_with_ranks(spread(1.2), word, BAND) is agrees
    assert agrees_with_ranks(spread(1.2)[:5], word, BAND) is None
