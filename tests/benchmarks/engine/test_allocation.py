"""Loops and rounds, computed by hand."""

import pytest

from benchmarks.engine.allocation import (
    FEWEST_ROUNDS,
    LONG_CALL,
    LONGEST_WAIT,
    SHORTEST_BLOCK,
    Call,
    Group,
    Look,
    another_look,
    choose_loops,
    choose_rounds,
    settled,
    too_short,
)
from benchmarks.engine.looks import SCREENING
from benchmarks.plan.presets import PRESETS
from results.labels import NOTHING
from results.statistics import FEWEST_LAUNCHES


def calls(**seconds: float) -> dict[str, Call]:
    """Calls that wait for nothing."""
    return {label: Call(one, one, 2) for label, one in seconds.items()}


def test_all_variants_run_the_same_loops() -> None:
    """The fastest variant's block reaches the shortest length; 2 ms / 0.3 ms rounds up to the power of two 8."""
    assert choose_loops(calls(a=0.3e-3, b=1e-3), shortest=2e-3) == {"a": 8, "b": 8}


def test_a_wide_spread_takes_powers_of_two() -> None:
    """A variant 20 times as slow as the fastest runs an eighth of its loops: 20 / 8 is the first quotient below 4."""
    assert choose_loops(calls(a=1e-3, b=0.02), shortest=16e-3) == {"a": 16, "b": 2}


def test_a_slow_variant_keeps_one_loop() -> None:
    """Less than one loop is no measurement."""
    assert choose_loops(calls(a=1e-3, b=10.0), shortest=2e-3) == {"a": 2, "b": 1}


@pytest.mark.parametrize(("slower", "loops"), [(4e-3, 16), (4.9e-3, 16), (5.1e-3, 8)])
def test_who_lies_just_beyond_the_spread_keeps_the_loops_of_the_others(slower: float, loops: int) -> None:
    """One noisy look must not give a row near the fourfold other blocks than its neighbours."""
    assert choose_loops(calls(a=1e-3, b=slower), shortest=16e-3) == {"a": 16, "b": loops}


def test_what_waits_ends_by_the_wall() -> None:
    """A call of 10 us that waits for 9 ms: four of them are long enough, although they work for 40 us only."""
    assert choose_loops({"a": Call(1e-5, 9e-3, 1)}) == {"a": 4}


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
        ([[3e-4, 2e-4, 1e-4, 1e-4]], 2),  # slower twice
        ([[3e-4, 2e-4, 1.5e-4, 1e-4, 1e-4]], 4),
        ([[3e-4, 1e-4, 1e-4, 1e-4]], 2),  # slower once: two of them all the same, where calls are short
        ([[3e-4, 1e-4, 3e-4, 1e-4], [9e-4, 3e-4, 1e-4, 1e-4]], 2),  # a disturbance is in one look only
        ([[3e-4, 1.02e-4, 1.02e-4, 1e-4, 1e-4]], 4),  # by more than a percent
        ([[9e-3, 8e-3]], 1),  # long: what one more turn begins with is little beside it
        ([[0.05]], 1),
    ],
)
def test_as_many_calls_are_not_timed_as_it_takes(seen: list[list[float]], untimed: int) -> None:
    """Until the next ones are no faster, in the fastest of the looks."""
    assert settled(looks(*seen), limit=1.0).untimed == untimed


@pytest.mark.parametrize(
    ("seen", "again"),
    [
        ([], True),
        ([[1e-4], [1e-4]], True),
        ([[LONG_CALL]], True),
        ([[LONG_CALL], [LONG_CALL]], False),
        ([[LONG_CALL], [1e-4]], True),
        ([[0.05]], False),
        ([[0.1]], True),
        ([[0.1], [0.1]], False),
        ([[1.0]], False),
    ],
)
def test_another_look_where_it_is_cheap_or_decides(seen: list[list[float]], again: bool) -> None:
    """With a limit of 80 ms: what is near it gets one more, what is hopeless none."""
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


def test_presets_fit_their_promises() -> None:
    """Checking and measuring share the seconds of a preset."""
    caps = {"smoke": 180, "quick": 480 - 20, "standard": 15 * 60}

    assert all(PRESETS[name].seconds <= cap for name, cap in caps.items())


def test_presets_allow_a_resolved_verdict() -> None:
    """Every calibrated preset has launches beyond the first look, and so has growth: a crossover needs an interval."""
    calibrated = [preset for preset in PRESETS.values() if preset.calibrated]

    assert all(preset.launches > SCREENING for preset in calibrated)
    assert all(preset.launches_elsewhere >= FEWEST_LAUNCHES for preset in calibrated)


def test_a_null_row_lengthens_no_other_block() -> None:
    """It is ten times as fast: its own block is long enough, and the loops of the others are what they were."""
    rows = {"one@asyncio": Call(1e-3, 1e-3, 1), "other@asyncio": Call(2e-3, 2e-3, 1)}
    null = f"{NOTHING}@asyncio"
    chosen = choose_loops({**rows, null: Call(1e-4, 1e-4, 1)})

    assert {label: chosen[label] for label in rows} == choose_loops(rows)
    assert chosen[null] * 1e-4 >= SHORTEST_BLOCK
    assert choose_loops({null: Call(1e-4, 1e-4, 1)}) == {null: chosen[null]}
