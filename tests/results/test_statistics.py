"""The arithmetic, against numbers that were worked out by hand."""

import math
import random
from itertools import combinations

import pytest

from results.statistics import (
    crossing,
    estimate,
    holm,
    launch_log_ratios,
    power_law,
    rank_sum_tail,
    shift,
    shift_p,
    signed_rank_interval,
    signed_rank_tail,
    two_sided_p,
    walsh_averages,
)


def test_walsh_averages_hold_every_pair_and_every_value_itself() -> None:
    """Three values have six Walsh averages."""
    assert walsh_averages([1, 4, 2]) == [1, 1.5, 2, 2.5, 3, 4]


def test_hodges_lehmann_is_the_median_of_the_walsh_averages() -> None:
    """Of 1, 2 and 4 it lies between 2 and 2.5."""
    assert estimate([1, 2, 4]).centre == 2.25


@pytest.mark.parametrize(("at_most", "patterns"), [(-1, 0), (0, 1), (1, 2), (2, 3), (3, 5), (4, 6), (5, 7), (6, 8)])
def test_null_distribution_of_three_ranks(at_most: int, patterns: int) -> None:
    """The eight sign patterns of the ranks 1, 2 and 3 are counted one by one."""
    assert patterns / 8 == signed_rank_tail(3, at_most)


@pytest.mark.parametrize(
    ("launches", "critical", "p"), [(6, 0, 0.0156), (8, 3, 0.0195), (10, 8, 0.0244), (20, 52, 0.0242)]
)
def test_tails_match_the_published_table(launches: int, critical: int, p: float) -> None:
    """The critical values of every textbook's two-sided 5 % table, and one more is too many."""
    assert p == round(signed_rank_tail(launches, critical), 4)
    assert 2 * signed_rank_tail(launches, critical) <= 0.05 < 2 * signed_rank_tail(launches, critical + 1)


def test_five_launches_have_no_interval() -> None:
    """The widest interval of five launches reaches 93.75 %, which is not 95 %."""
    assert signed_rank_interval([1, 2, 3, 4, 5]) is None


def test_six_launches_have_the_whole_range() -> None:
    """Six launches give the smallest and the largest value, at 62 of 64."""
    found = signed_rank_interval([3, 1, 6, 2, 5, 4])

    assert found is not None
    assert (found.low, found.high, found.level) == (1, 6, 62 / 64)


def test_ten_launches_give_the_ninth_average_from_either_end() -> None:
    """Of 1 to 10 the ninth smallest Walsh average is 3, the ninth largest 8, and the level is 974 of 1024."""
    found = signed_rank_interval(range(1, 11))

    assert found is not None
    assert (found.low, found.high, found.level) == (3, 8, 974 / 1024)


def test_p_of_six_equal_signs() -> None:
    """All six above the centre is the rarest of patterns: 2 of 64, both sides counted."""
    assert two_sided_p([1, 2, 3, 4, 5, 6], 0) == 2 / 64


def test_p_is_never_above_one() -> None:
    """At its own centre a sample is as unremarkable as can be."""
    assert two_sided_p([-1, 1], 0) == 1


def test_interval_and_p_are_two_sides_of_one_test() -> None:
    """A centre is outside the 95 % interval exactly when its p is at most 0.05."""
    draw = random.Random(5)
    for launches in (6, 7, 10, 14):
        values = [draw.gauss(0, 1) for _ in range(launches)]
        found = signed_rank_interval(values)
        assert found is not None
        for centre in (draw.uniform(-1.5, 1.5) for _ in range(200)):
            outside = centre < found.low or centre > found.high

            assert outside == (two_sided_p(values, centre) <= 0.05)


def test_interval_covers_at_its_level() -> None:
    """Of 2,000 samples of ten, about 95.1 % have an interval that holds the truth."""
    draw = random.Random(11)
    intervals = [signed_rank_interval([draw.gauss(0, 1) for _ in range(10)]) for _ in range(2000)]
    covered = sum(found is not None and found.low <= 0 <= found.high for found in intervals)

    assert pytest.approx(covered, abs=30) == 0.951 * 2000


def test_holm_steps_down() -> None:
    """The smallest p counts three times, the next twice, and none is less than the one before it."""
    assert pytest.approx(holm({"a": 0.01, "b": 0.04, "c": 0.03})) == {"a": 0.03, "b": 0.06, "c": 0.06}


def test_holm_stops_at_one() -> None:
    """An adjusted p is still a probability."""
    assert holm({"a": 0.9, "b": 0.7}) == {"a": 1, "b": 1}


def test_rounds_are_paired_within_their_launch() -> None:
    """A burst that slows one round of both cancels; a launch that one of them lacks is left out."""
    over = {1: [2.0, 20.0, 2.0], 2: [3.0], 4: [1.0]}
    under = {1: [1.0, 10.0, 1.0], 2: [1.0], 3: [1.0]}

    assert [math.log(2), math.log(3)] == launch_log_ratios(over, under)


def test_power_law_of_a_straight_line() -> None:
    """Ten times the n, a hundred times the time: the exponent is 2."""
    law = power_law({10: 1, 100: 100, 1000: 10_000})

    assert law is not None
    assert pytest.approx([law.exponent, law.misfit], abs=1e-9) == [2, 0]


def test_power_law_of_a_bent_line() -> None:
    """Decades 0, 1 and 3 over 0, 1 and 2 have the slope 1.5, and the middle one lies a third of a decade off."""
    law = power_law({1: 1, 10: 10, 100: 1000})

    assert law is not None
    assert pytest.approx([law.exponent, law.misfit]) == [1.5, 10 ** (1 / 3) - 1]


def test_two_points_are_no_law() -> None:
    """Any two points lie on a line."""
    assert power_law({1: 1, 10: 10}) is None


def test_crossing_lies_between_the_points() -> None:
    """A flat line and a proportional one that meet halfway between 10 and 1,000 meet at 100."""
    assert pytest.approx(crossing([10, 1000], [1, 1], [0.1, 10])) == 100


def test_lines_that_do_not_cross() -> None:
    """Ahead everywhere is no crossing."""
    assert crossing([10, 100], [1, 1], [2, 2]) is None


@pytest.mark.parametrize(("few", "many"), [(1, 4), (3, 5), (4, 4)])
def test_rank_sum_tail_counts_every_deal(few: int, many: int) -> None:
    """The same chances as dealing all ranks out by hand."""
    deals = list(combinations(range(few + many), few))
    counts = [sum(other < rank for rank in deal for other in range(few + many) if other not in deal) for deal in deals]

    assert [rank_sum_tail(few, many, at_most) for at_most in range(-1, few * many + 1)] == pytest.approx(
        [sum(count <= at_most for count in counts) / len(deals) for at_most in range(-1, few * many + 1)]
    )


def test_shift_of_two_samples_by_hand() -> None:
    """Six against six: 36 differences, of which the exact interval leaves out five at either end."""
    found = shift([0, 1, 2, 3, 4, 5], [10, 11, 12, 13, 14, 15])
    differences = sorted(late - early for early in range(6) for late in range(10, 16))

    assert found.interval is not None
    assert (found.centre, found.launches) == (10, 6)
    assert (found.interval.low, found.interval.high) == (differences[5], differences[30])
    assert found.interval.level == pytest.approx(1 - 2 * 19 / 924)


def test_three_against_three_have_no_interval() -> None:
    """The widest possible interval has a level of 90 %."""
    assert shift([1, 2, 3], [4, 5, 6]).interval is None


def test_p_and_interval_of_a_shift_are_two_faces() -> None:
    """A shift is rejected exactly when it lies outside the interval."""
    draw = random.Random(3)
    for _ in range(200):
        before = [draw.gauss(0, 1) for _ in range(8)]
        after = [draw.gauss(1, 1) for _ in range(9)]
        interval = shift(before, after).interval

        assert interval is not None
        assert (shift_p(before, after, 1.0) > 0.05) == (interval.low <= 1.0 <= interval.high)
