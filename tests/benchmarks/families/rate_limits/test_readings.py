"""What the workloads of rate_limits read from the moments of permits, on schedules whose answer is known."""

import random

import pytest

from benchmarks.families.rate_limits.readings import lateness, most_in_a_period, share_used

RATE, PERIOD = 5, 0.01
BURSTS = [burst * PERIOD for burst in range(4) for _ in range(RATE)]
SPREAD = [permit * PERIOD / RATE for permit in range(20)]
POLLED = [burst * 0.0125 for burst in range(4) for _ in range(RATE)]  # each burst comes a quarter of a period late
BURST_AND_DRIP = [0.0] * RATE + [permit * PERIOD / RATE for permit in range(1, 16)]


@pytest.mark.parametrize("moments", [BURSTS, SPREAD])
def test_a_limit_that_is_used_and_kept(moments: list[float]) -> None:
    """Bursts and evenly spread permits are judged alike."""
    assert share_used(moments, RATE, PERIOD) == pytest.approx(1)
    assert most_in_a_period(moments, RATE, PERIOD) == 1
    assert lateness(moments, RATE, PERIOD) == pytest.approx(1e-6)


def test_late_permits_are_late_and_waste_the_limit() -> None:
    """A quarter of a period late each time: four fifths are used."""
    assert share_used(POLLED, RATE, PERIOD) == pytest.approx(0.8)
    assert most_in_a_period(POLLED, RATE, PERIOD) == 1
    assert lateness(POLLED, RATE, PERIOD) == pytest.approx(0.0025)


def test_a_burst_on_top_of_the_rate_is_too_much() -> None:
    """Five at once and one every fifth of a period: nine within the first, less a tick."""
    assert share_used(BURST_AND_DRIP, RATE, PERIOD) > 1
    assert most_in_a_period(BURST_AND_DRIP, RATE, PERIOD) == 9 / RATE


def test_everything_at_once() -> None:
    """No time passes at all: still a number, and above every limit."""
    assert share_used([3.0] * 20, RATE, PERIOD) > 1000
    assert most_in_a_period([3.0] * 20, RATE, PERIOD) == 4


def test_a_permit_that_is_a_little_early_is_not_held_to_it() -> None:
    """Timers are good to a millisecond; what is earlier than that counts."""
    assert most_in_a_period([0.0, 0.0, 0.0092, 0.0092], 2, PERIOD) == 1
    assert most_in_a_period([0.0, 0.0, 0.0088, 0.0088], 2, PERIOD) == 2


def test_one_late_permit_in_two_hundred_does_not_decide() -> None:
    """The lateness is that of 99 of 100."""
    moments = [permit * 0.002 for permit in range(205)]

    assert lateness([*moments[:-1], moments[-1] + 5], RATE, PERIOD) == pytest.approx(1e-6)
    assert lateness([*moments[:-3], *(moment + 5 for moment in moments[-3:])], RATE, PERIOD) == pytest.approx(5)


@pytest.mark.parametrize("seed", range(20))
def test_the_fullest_period_is_what_counting_each_gives(seed: int) -> None:
    """The moving window agrees with counting from every permit."""
    dice = random.Random(seed)
    moments = sorted(dice.uniform(0, 0.1) for _ in range(dice.randrange(1, 60)))
    counted = max(sum(first <= moment < first + PERIOD - 0.001 for moment in moments) for first in moments)

    assert most_in_a_period(moments, RATE, PERIOD) == counted / RATE
