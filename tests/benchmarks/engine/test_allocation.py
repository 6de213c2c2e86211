"""Loops and rounds, computed by hand."""

import pytest

from benchmarks.engine.allocation import FEWEST_ROUNDS, choose_loops, choose_rounds
from benchmarks.plan.presets import PRESETS


def test_all_variants_run_the_same_loops() -> None:
    """The fastest variant's block reaches the shortest length; 2 ms / 0.3 ms rounds up to the power of two 8."""
    assert choose_loops({"a": 0.3e-3, "b": 1e-3}, shortest=2e-3) == {"a": 8, "b": 8}


def test_a_wide_spread_takes_powers_of_two() -> None:
    """A variant 20 times as slow as the fastest runs an eighth of its loops: 20 / 8 is the first quotient below 4."""
    assert choose_loops({"a": 1e-3, "b": 0.02}, shortest=16e-3) == {"a": 16, "b": 2}


def test_a_slow_variant_keeps_one_loop() -> None:
    """Less than one loop is no measurement."""
    assert choose_loops({"a": 1e-3, "b": 10.0}, shortest=2e-3) == {"a": 2, "b": 1}


@pytest.mark.parametrize(("budget", "expected"), [(10.5, 10), (100.0, 25), (0.5, FEWEST_ROUNDS)])
def test_rounds_fill_the_budget(budget: float, expected: int) -> None:
    """Ten one-second rounds fit in ten and a half; a large budget stops at the most, a small one at the fewest."""
    assert expected == choose_rounds(budget, 1.0, most=25)


def test_the_point_of_verdicts_weighs_most() -> None:
    """In the standard preset: 10 launches, 1.5 times 100 ** 0.2, against 3 launches at n = 1000 and at n = 10."""
    weights = {n: PRESETS["standard"].weight(n, 40) for n in (10, 100, 1000)}

    assert weights == pytest.approx(
        {10: 3 * 40 * 1.58489, 100: 10 * 40 * 1.5 * 2.51189, 1000: 3 * 40 * 3.98107}, rel=1e-4
    )


def test_waiting_for_timers_weighs_more_where_verdicts_are_read() -> None:
    """Twice as much at n = 100, where a block waits ten times as long as it works; growth needs no more."""
    standard = PRESETS["standard"]
    ratios = {n: standard.weight(n, 40, waits=True) / standard.weight(n, 40) for n in (10, 100, 1000)}

    assert ratios == {10: 1, 100: pytest.approx(2), 1000: 1}


def test_presets_fit_their_promises() -> None:
    """Checking and measuring share the seconds of a preset; the environment and the pages take up to a minute more."""
    caps = {"smoke": 180 - 50, "quick": 480 - 20, "standard": 1500 - 60}

    assert all(PRESETS[name].seconds <= cap for name, cap in caps.items())


def test_presets_allow_a_resolved_verdict() -> None:
    """Every calibrated preset has launches enough for an exact 95 % interval after correction."""
    assert all(preset.launches >= 10 for preset in PRESETS.values() if preset.calibrated)
