"""Loops and rounds, computed by hand."""

from dataclasses import replace

import pytest

from benchmarks.engine.allocation import (
    FEWEST_ROUNDS,
    LONGEST_WAIT,
    SHORTEST_BLOCK,
    WARMING,
    Call,
    Group,
    Look,
    another_look,
    choose_rounds,
    loops_of,
    settled,
    too_short,
)
from benchmarks.engine.budget import measuring_seconds
from benchmarks.engine.looks import SCREENING
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from results.statistics import FEWEST_LAUNCHES


@pytest.mark.parametrize(
    ("seconds", "loops"),
    [
        (0.3e-3, 8),  # 2 ms / 0.3 ms, to the next power of two
        (1e-3, 2),
        (1.9e-3, 2),
        (2e-3, 1),
        (10.0, 1),  # less than one loop is no measurement
    ],
)
def test_a_block_reaches_the_shortest_length(seconds: float, loops: int) -> None:
    """And is less than twice as long, whoever else takes part: two milliseconds here."""
    assert loops_of(Call(seconds, seconds, 1), shortest=2e-3) == loops


def test_what_waits_ends_by_the_wall() -> None:
    """A call of 10 us that waits for 9 ms: four of them are long enough, although they work for 40 us only."""
    assert loops_of(Call(1e-5, 9e-3, 1)) == 4


def looks(*calls: list[float]) -> list[Look]:
    """Looks whose groups of 1, 1, 2, 4, ... calls took so many seconds a call."""
    return [[Group(size, one, one) for size, one in zip((1, 1, 2, 4, 8), look, strict=False)] for look in calls]


def test_the_median_look_counts() -> None:
    """Of the last group of each: the calls before it may not have settled."""
    assert settled(looks([9e-3, 2e-3], [9e-3, 8e-3], [9e-3, 1e-3]), limit=1.0).seconds == 2e-3


def test_a_variant_keeps_its_place_by_its_shortest_look() -> None:
    """A disturbed look must not cost it its row."""
    assert settled(looks([0.2], [0.07]), limit=0.08).wall == 0.07


@pytest.mark.parametrize(
    ("seen", "untimed"),
    [
        ([[3e-4, 2e-4, 1e-4, 1e-4]], 3),  # slower twice: one more
        ([[3e-4, 2e-4, 1.5e-4, 1e-4, 1e-4]], 4),
        ([[3e-4, 1e-4, 1e-4, 1e-4]], 3),  # slower once: three of them all the same, where calls are short
        ([[3e-4, 1e-4, 3e-4, 1e-4], [9e-4, 3e-4, 1e-4, 1e-4]], 3),  # a disturbance is in one look only
        ([[3e-4, 1.02e-4, 1.02e-4, 1e-4, 1e-4]], 4),  # by more than a percent
        ([[WARMING, WARMING / 2]], 3),
        ([[9e-3, WARMING]], 2),  # a block has several
        ([[SHORTEST_BLOCK]], 1),
        ([[0.024]], 1),
        ([[0.025]], 0),  # a quarter of a millisecond more would be a percent
    ],
)
def test_as_many_calls_are_not_timed_as_it_takes(seen: list[list[float]], untimed: int) -> None:
    """Until the next ones are no faster, in the fastest of the looks."""
    assert settled(looks(*seen), limit=1.0).untimed == untimed


@pytest.mark.parametrize(
    ("seen", "again"),
    [
        ([], True),
        ([[1e-4]], True),
        ([[1e-4], [1.09e-4]], False),
        ([[1e-4], [1.11e-4]], True),
        ([[WARMING]], False),
        ([[1e-4], [WARMING]], True),
        ([[0.05]], False),
        ([[0.1]], True),
        ([[0.1], [0.1]], False),
        ([[1.0]], False),
    ],
)
def test_another_look_where_it_is_cheap_or_decides(seen: list[list[float]], again: bool) -> None:
    """With a limit of 80 ms: what is near it gets one more, what is hopeless none; two that agree are enough."""
    assert another_look(looks(*seen), limit=0.08) is again


@pytest.mark.parametrize(
    ("call", "loops", "short"),
    [
        (Call(SHORTEST_BLOCK / 2, SHORTEST_BLOCK / 2, 1), 1, True),
        (Call(SHORTEST_BLOCK * 0.9, SHORTEST_BLOCK * 0.9, 1), 1, False),
        (Call(1e-5, LONGEST_WAIT, 1), 1, False),
    ],
)
def test_a_block_may_be_too_short(call: Call, loops: int, short: bool) -> None:
    """By both clocks: what waits is long enough by the wall's."""
    assert too_short(call, loops) is short


@pytest.mark.parametrize(("budget", "expected"), [(10.5, 10), (100.0, 25), (0.5, FEWEST_ROUNDS)])
def test_rounds_fill_the_budget(budget: float, expected: int) -> None:
    """Ten one-second rounds fit in ten and a half; a large budget stops at the most, a small one at the fewest."""
    assert expected == choose_rounds(budget, 1.0, most=25)


def test_the_point_of_verdicts_weighs_most() -> None:
    """In the standard preset: 5 launches, 1.5 times 100 ** 0.2, against 3 launches at n = 1000 and at n = 10."""
    weights = {n: PRESETS["standard"].weight(n, 40) for n in (10, 100, 1000)}

    assert weights == pytest.approx(
        {10: 3 * 40 * 1.58489, 100: 5 * 40 * 1.5 * 2.51189, 1000: 3 * 40 * 3.98107}, rel=1e-4
    )


def test_waiting_for_timers_weighs_more_where_verdicts_are_read() -> None:
    """Twice as much at n = 100, where a block waits ten times as long as it works; growth needs no more."""
    standard = PRESETS["standard"]
    ratios = {n: standard.weight(n, 40, waits=True) / standard.weight(n, 40) for n in (10, 100, 1000)}

    assert ratios == {10: 1, 100: pytest.approx(2), 1000: 1}


def test_long_blocks_are_few() -> None:
    """A preset that repeats none so long has one round in each of three launches, where verdicts are read."""
    quick, thorough = PRESETS["quick"], PRESETS["thorough"]
    long = PRESETS["standard"].for_blocks(0.5)

    assert (long.slow_limit, long.launches, long.rounds, long.points) == (0.5, 3, 1, (100,))
    assert long.launches > SCREENING
    assert [quick.for_blocks(seconds) for seconds in (0.0, quick.slow_limit)] == [quick, quick]
    assert thorough.for_blocks(0.5) == thorough
    assert thorough.for_blocks(3.0) == replace(thorough, slow_limit=3.0)


def test_a_row_of_long_blocks_has_more_time() -> None:
    """Half as much again as other rows of as many launches."""
    quick = PRESETS["quick"]
    few = replace(quick, launches=3)

    assert quick.for_blocks(0.5).weight(100, 40) == pytest.approx(1.5 * few.weight(100, 40))


def test_presets_fit_their_promises() -> None:
    """Checking and measuring share the seconds of a preset, which are enough for 21 families like those there are."""
    caps = {"smoke": 180, "quick": 480 - 20, "standard": 40 * 60}
    plan = make_plan(Filters(), PRESETS["standard"])

    assert all(PRESETS[name].seconds <= cap for name, cap in caps.items())
    families = {entry.family for entry in plan.comparisons}
    assert measuring_seconds(plan, PRESETS["standard"]) / len(families) <= PRESETS["standard"].seconds / 21


def test_presets_allow_a_resolved_verdict() -> None:
    """Every calibrated preset has launches beyond the first look, and so has growth: a crossover needs an interval."""
    calibrated = [preset for preset in PRESETS.values() if preset.calibrated]

    assert all(preset.launches > SCREENING for preset in calibrated)
    assert all(preset.launches_elsewhere >= FEWEST_LAUNCHES for preset in calibrated)
