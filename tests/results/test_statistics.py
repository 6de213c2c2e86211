"""The arithmetic, against numbers that were worked out by hand, or that stand in every textbook."""

import math
import random
from statistics import variance

import pytest

from results.statistics import (
    ALONE,
    MOST_WEIGHT,
    Pool,
    centre_p,
    crossing,
    estimate,
    holm,
    launch_log_ratios,
    pooled,
    power_law,
    shift,
    shift_p,
    signed_rank_interval,
    signed_rank_tail,
    walsh_averages,
)


def test_walsh_averages_hold_every_pair_and_every_value_itself() -> None:
    """Three values have six Walsh averages."""
    assert walsh_averages([1, 4, 2]) == [1, 1.5, 2, 2.5, 3, 4]


def test_a_row_alone_has_student_s_interval() -> None:
    """Of 1 to 5: the mean 3, a standard error of the root of a half, and 2.776 of them with four degrees of freedom."""
    found = estimate([1, 2, 3, 4, 5])

    assert found.interval is not None
    assert (found.centre, found.launches, found.interval.level) == (3, 5, 0.95)
    assert found.interval.high - 3 == pytest.approx(2.776 * math.sqrt(0.5), abs=1e-3)
    assert found.interval.low == pytest.approx(6 - found.interval.high)


def test_one_launch_has_no_interval() -> None:
    """Nothing shows how much it scatters, whatever others do."""
    assert estimate([2.0], Pool(1.0, 8.0)).interval is None
    assert centre_p([2.0], 0.0, Pool(1.0, 8.0)) == 1


def test_a_row_borrows_from_its_table() -> None:
    """A variance of 2.5 with four degrees of freedom and one of 4 with as many make 3.25 with eight: 2.306 errors."""
    found = estimate([1, 2, 3, 4, 5], Pool(4.0, 4.0))

    assert found.interval is not None
    assert found.interval.high - 3 == pytest.approx(2.306 * math.sqrt(3.25 / 5), abs=1e-3)


def test_a_loud_row_borrows_less() -> None:
    """Of a table that scatters a tenth as much, in variance, it gets a tenth of the weight: 0.4 of 4."""
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    pool = Pool(variance(values) / 10, 4.0)
    shrunk = (4 * 2.5 + 0.4 * 0.25) / 4.4
    found = estimate(values, pool).interval

    assert found is not None
    assert found.high - 3 == pytest.approx(2.68 * math.sqrt(shrunk / 5), abs=2e-3)  # t with 4.4 degrees


def test_equal_launches_leave_no_doubt() -> None:
    """Without any scatter the interval is a point, and everything else is excluded."""
    found = estimate([1.0, 1.0, 1.0]).interval

    assert found is not None
    assert (found.low, found.high) == (1.0, 1.0)
    assert (centre_p([1.0, 1.0, 1.0], 1.0), centre_p([1.0, 1.0, 1.0], 0.5)) == (1.0, 0.0)


def test_a_pool_is_the_table_s_typical_row() -> None:
    """Of the variances 1, 4 and 400 the middle one, corrected for what five launches show at the median."""
    rows = [[scale * value for value in (-1.0, -1.0, 0.0, 1.0, 1.0)] for scale in (1, 2, 20)]
    found = pooled(rows)

    assert found.variance == pytest.approx(4 / (1 - 2 / 36) ** 3)
    assert 0 < found.weight < MOST_WEIGHT


def test_a_pool_weighs_more_with_rows_and_launches_and_never_much() -> None:
    """One row is no table; a hundred with a baseline in common are not a hundred opinions."""

    def weight(rows: int, launches: int) -> float:
        draw = random.Random(3)
        return pooled([[draw.gauss(0, 1) for _ in range(launches)] for _ in range(rows)]).weight

    assert pooled([[1.0, 2.0]]) == ALONE == pooled([[1.0], [2.0]])
    assert 0 < weight(2, 2) < weight(2, 5) < weight(12, 5) < weight(100, 5) < MOST_WEIGHT


def test_interval_and_p_of_a_row_are_two_faces() -> None:
    """A centre is outside the 95 % interval exactly when its p is at most 0.05."""
    draw = random.Random(5)
    for launches in (2, 3, 5, 10):
        values = [draw.gauss(0, 1) for _ in range(launches)]
        pool = Pool(1.0, 5.0)
        found = estimate(values, pool).interval
        assert found is not None
        for centre in (draw.uniform(-3, 3) for _ in range(200)):
            outside = centre < found.low or centre > found.high

            assert outside == (centre_p(values, centre, pool) <= 0.05)


@pytest.mark.parametrize(("launches", "rows"), [(2, 12), (3, 4), (5, 2), (5, 12), (10, 12)])
def test_intervals_of_a_table_cover_at_their_level(launches: int, rows: int) -> None:
    """Rows that share the noise of a baseline and of its twin: 93 to 99 % of the intervals hold the truth."""
    draw = random.Random(11)
    held = 0
    for _ in range(300):
        under = [(draw.gauss(0, 1) + draw.gauss(0, 1)) / 2 for _ in range(launches)]
        table = [[draw.gauss(0, 1) - shared for shared in under] for _ in range(rows)]
        pool = pooled(table)
        held += sum(centre_p(row, 0.0, pool) > 0.05 for row in table)

    assert 0.93 < held / (300 * rows) < 0.99


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

    assert [math.log(2), math.log(3)] == launch_log_ratios([over], [under])


def test_copies_count_together() -> None:
    """Under a copy that takes one second and one that takes four: two, their mean on the log scale, round by round."""
    over = {1: [2.0, 2.0], 2: [8.0]}
    copies = [{1: [1.0, 1.0], 2: [1.0]}, {1: [4.0, 4.0]}]

    assert pytest.approx(launch_log_ratios([over], copies)) == [0.0, math.log(8)]


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


def test_shift_of_two_rows_by_hand() -> None:
    """Two rows of variance 2.5 and five launches, ten apart: an error of one, and 2.306 of them with eight degrees."""
    found = shift([1, 2, 3, 4, 5], [11, 12, 13, 14, 15])

    assert found.interval is not None
    assert (found.centre, found.launches) == (10, 5)
    assert found.interval.low == pytest.approx(10 - 2.306, abs=1e-3)


def test_one_against_three_has_no_interval() -> None:
    """One launch of either shows no scatter."""
    assert shift([1], [4, 5, 6]).interval is None
    assert shift_p([1], [4, 5, 6], 0.0) == 1


def test_p_and_interval_of_a_shift_are_two_faces() -> None:
    """A shift is rejected exactly when it lies outside the interval, with or without a pool."""
    draw = random.Random(3)
    for number in range(200):
        before = [draw.gauss(0, 1) for _ in range(4)]
        after = [draw.gauss(1, 1) for _ in range(6)]
        pools = (Pool(1.0, 4.0), Pool(1.5, 3.0)) if number % 2 else (ALONE, ALONE)
        interval = shift(before, after, pools).interval

        assert interval is not None
        assert (shift_p(before, after, 1.0, pools) > 0.05) == (interval.low <= 1.0 <= interval.high)
