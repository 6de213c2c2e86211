"""Whether copies with few and with many loops agree."""

import math

import pyperf
import pytest

from benchmarks.engine.engines import Measured
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.studies import loops
from benchmarks.studies.loops import MORE, Row
from results.statistics import Estimate, Interval


@pytest.mark.parametrize(
    ("low", "high", "agrees"),
    [(-0.02, 0.01, True), (0.001, 0.009, True), (0.001, 0.02, False), (-0.05, -0.002, False)],
)
def test_what_agrees(low: float, high: float, agrees: bool) -> None:
    """The interval holds no difference, or less than a percent of it."""
    found = Estimate((low + high) / 2, Interval(low, high, 0.95), 10)

    assert Row("a@asyncio", 1, 1, found).agrees is agrees


def test_without_an_interval_nothing_agrees() -> None:
    """Too few launches say nothing."""
    assert not Row("a@asyncio", 1, 1, Estimate(0.0, None, 3)).agrees


def test_the_end_says_how_many_agree() -> None:
    """And what the row in the middle differs by."""
    found = [
        Row("a@asyncio", 1, 1, Estimate(math.log1p(size), Interval(size - 0.002, size + 0.002, 0.95), 10))
        for size in (-0.03, -0.004, 0.001)
    ]

    assert loops.summed_up(found) == "2 of 3 agree; -0.4 % at the median"
    assert loops.summed_up([]) == "nothing was measured"


def test_each_baseline_is_measured_with_more_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the loops and the untimed calls that the engine has chosen, and with four times the loops."""
    asked: list[Launch] = []

    def answer(launch: Launch, first: int, count: int) -> Measured:
        asked.append(launch)
        found = Measured(launches=count, rounds=launch.rounds, again=launch)
        found.loops = dict(launch.loops) or {variant.label: 2 for variant in launch.variants}
        found.untimed = dict(launch.untimed) or {variant.label: 3 for variant in launch.variants}
        for variant in launch.variants:
            runs = [
                pyperf.Run(
                    [1.0 if variant.twin else 1.1],
                    metadata={"name": variant.benchmark, "launch": number},
                    collect_metadata=False,
                )
                for number in range(first, first + count)
            ]
            found.benchmarks.append(pyperf.Benchmark(runs))
        return found

    monkeypatch.setattr(loops, "launch_again", answer)
    (comparison,) = make_plan(Filters(("locks",), ("contended",), ("asyncio", "trio")), PRESETS["quick"]).comparisons
    found = list(loops.rows(comparison, launches=8, rounds=5))

    assert {variant.alternative for variant in asked[0].variants} == {"asyncio_lock", "trio_lock"}
    assert asked[0].loops == {}
    assert asked[1].loops == {
        "asyncio_lock@asyncio": 2,
        "asyncio_lock#twin@asyncio": 2 * MORE,
        "trio_lock@trio": 2,
        "trio_lock#twin@trio": 2 * MORE,
    }
    assert (set(asked[1].untimed.values()), asked[1].rounds) == ({3}, 5)
    assert [(row.label, row.loops, row.untimed, row.agrees) for row in found] == [
        ("asyncio_lock@asyncio", 2, 3, False),
        ("trio_lock@trio", 2, 3, False),
    ]
    assert [row.found.centre for row in found] == pytest.approx([math.log(1 / 1.1)] * 2)
