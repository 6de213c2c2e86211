"""When two engines agree."""

import math
from collections.abc import Callable
from statistics import stdev

import pyperf
import pytest
import typer

from benchmarks.engine.engines import Measured
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.workloads import questions
from benchmarks.studies import cross_check, replay
from benchmarks.studies.cross_check import (
    CHECKED,
    Agreement,
    agreement,
    in_stock_order,
    interval_of_passes,
    median_size,
    width,
)


def benchmark(label: str, values: list[float]) -> pyperf.Benchmark:
    """A benchmark of one process."""
    return pyperf.Benchmark([pyperf.Run(values, metadata={"name": f"{label} n=100"}, collect_metadata=False)])


def test_the_wider_interval_decides() -> None:
    """Half-widths 0.01 and 0.03: two hundredths apart agrees, four do not; a row that only one engine has is none."""
    turns = {"a": (0.0, 0.01), "b": (0.5, 0.01), "only here": (0.0, 0.0)}
    stock = {"a": (0.02, 0.03), "b": (0.46, 0.03), "only there": (0.0, 0.0)}

    found = agreement(turns, stock)

    assert found.rows == 2
    assert found == Agreement([(0.46 - 0.5, "b"), (0.02, "a")], [(0.46 - 0.5, "b")])


def test_how_far_apart_and_how_sharp() -> None:
    """Medians, without the sign; one that has no interval is infinitely wide."""
    assert median_size([(-0.4, "b"), (0.1, "a"), (0.02, "c")]) == 0.1
    assert width({"a": (1.0, 0.01), "b": (0.0, 0.04), "c": (0.0, math.inf)}) == 0.04


def test_a_pass_counts_once() -> None:
    """A machine that is twice as slow from pass to pass, and values that agree within a pass: the ratios are 2 to 3."""
    ratios = [2.0, 2.2, 2.4, 2.6, 2.8, 3.0]
    passes = [
        Measured([benchmark("baseline@asyncio", [2.0**at] * 3), benchmark("row@asyncio", [ratio * 2.0**at] * 3)])
        for at, ratio in enumerate(ratios)
    ]

    found = interval_of_passes([*passes, Measured([benchmark("row@asyncio", [9.0])])], "baseline@asyncio")

    centre, width = found["row@asyncio"]
    assert found.keys() == {"row@asyncio"}
    assert centre == pytest.approx(math.log(2.5), abs=0.02)
    logs = [math.log(ratio) for ratio in ratios]
    assert width == pytest.approx(2.571 * stdev(logs) / math.sqrt(6), rel=1e-3)  # six launches, five degrees of freedom


def test_each_pass_measures_every_variant_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stock order for real: two passes, one process with three values for each variant in each."""
    monkeypatch.setattr(cross_check, "PASS_SECONDS", 0.1)
    filters = Filters(("locks",), ("contended",), ("asyncio",), ("own_lock",), (MIDDLE,))
    (comparison,) = make_plan(filters, PRESETS["quick"]).comparisons

    passes = in_stock_order(comparison, 2)

    assert [measured.failures for measured in passes] == [{}, {}]
    asked = [variant for variant in comparison.variants if not variant.is_null]  # it has no file to run by itself
    assert {len(measured.benchmarks) for measured in passes} == {len(asked)}
    assert {benchmark.get_nrun() for measured in passes for benchmark in measured.benchmarks} == {1}


def test_every_checked_workload_exists_and_waits_for_nobody() -> None:
    """Each is its family's own, and its clock is the wall's."""
    assert {questions(family).workload(name).clock for family, name in CHECKED.items()} == {"wall"}


@pytest.mark.parametrize("command", [cross_check.main, replay.main])
def test_a_family_that_is_not_there_is_one_line(command: Callable[..., None]) -> None:
    """It names what may have been meant."""
    with pytest.raises(typer.BadParameter, match=r"no family matches 'loks' .did you mean locks"):
        command(family=["loks"])
