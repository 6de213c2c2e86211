"""Both ways of sharing out launches, replayed on recorded ones whose truth is known."""

import math
import random

import pyperf
import pytest

from benchmarks.engine.extra import Standing
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison
from benchmarks.plan.variants import Variant
from benchmarks.run import looked_at
from benchmarks.studies.replay import PRESET, RECORDED, Recording, Verdicts, adaptive, fixed, verdicts
from results.statistics import BAND

# Real names, because the baseline and what may be picked are looked up; the times are made up.
CLEAR = (
    "asyncio_semaphore",
    "asyncio_condition",
    "anyio_lock",
    "aiologic_lock",
    "asyncio_event_gate",
)
CLOSE = "own_lock"
WALL = 0.02  # seconds


def recording(noise: float, workload: str = "contended") -> Recording:
    """Five rows that take three times as long as the baseline, and one that sits two bands above it."""
    variants = [
        *(Variant("locks", workload, 100, name, "asyncio") for name in ("asyncio_lock", CLOSE, *CLEAR)),
        Variant("locks", workload, 100, "asyncio_lock", "asyncio", twin=1),
    ]
    truth = {CLOSE: 2 * BAND} | dict.fromkeys(CLEAR, math.log(3))
    dice = random.Random(workload)
    benchmarks = tuple(
        pyperf.Benchmark(
            [
                pyperf.Run(
                    [math.exp(truth.get(variant.alternative, 0.0) + dice.gauss(0, noise))] * 2,
                    metadata={"name": variant.benchmark, "launch": number},
                    collect_metadata=False,
                )
                for number in range(RECORDED)
            ]
        )
        for variant in variants
    )
    labels = [variant.label for variant in variants]
    again = Launch(variants, 0, 1, 5, 1.0, 1.0, 1.0, launches=RECORDED, loops=dict.fromkeys(labels, 1))
    return Recording(
        Comparison("locks", workload, 100, tuple(variants)), again, dict.fromkeys(labels, WALL), benchmarks
    )


def times(one: Recording) -> dict[str, dict[int, float]]:
    """The first value of each launch, by row."""
    return {
        benchmark.get_name(): {run.get_metadata()["launch"]: run.values[0] for run in benchmark.get_runs()}
        for benchmark in one.benchmarks
    }


def test_shuffling_renumbers_launches_and_keeps_their_rows_together() -> None:
    """The same pairs of times under other numbers."""
    before, after = times(recording(0.05)), times(recording(0.05).shuffled(random.Random(1)))
    names = list(before)

    def pairs(found: dict[str, dict[int, float]]) -> list[tuple[float, ...]]:
        return [tuple(found[name][number] for name in names) for number in range(RECORDED)]

    assert pairs(before) != pairs(after)
    assert sorted(pairs(before)) == sorted(pairs(after))


def test_extra_launches_settle_what_fixed_ones_leave_open() -> None:
    """One row of six is close: launches without the other five are cheap, and there are more of them."""
    recorded = [recording(0.04), recording(0.04, "uncontended")]
    seconds = 7 * sum(one.seconds for one in recorded)

    assert fixed(recorded, 7) == Verdicts(rows=12, open=2)
    assert adaptive(recorded, seconds) == Verdicts(rows=12, open=1)


@pytest.mark.parametrize(("more", "fits"), [(0.0, False), (0.1, False), (1.1, True)])
def test_no_extra_launch_is_played_that_does_not_fit(more: float, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planned launches are those of a fixed plan; what is left over is counted in launches of all rows."""
    recorded = [recording(0.5)]
    played: list[int] = []
    monkeypatch.setattr(Standing, "add", lambda one, measured, launches: played.append(launches))  # noqa: ARG005

    found = adaptive(recorded, (PRESET.launches + more) * recorded[0].seconds)

    assert found == fixed(recorded, PRESET.launches)
    assert bool(played) == fits


def test_a_loud_twin_withholds_nothing() -> None:
    """What does not lie beyond the noise is open."""
    loud = recording(0.5)

    assert fixed([loud], 10) == Verdicts(rows=6, open=6)


def test_a_comparison_without_its_twin_is_withheld() -> None:
    """Nobody knows the noise there."""
    quiet = recording(0.001)
    whole = quiet.part(0, 10)
    whole.benchmarks = [benchmark for benchmark in whole.benchmarks if "#twin" not in benchmark.get_name()]

    assert verdicts(looked_at(quiet.comparison, quiet.again, whole)) == Verdicts(rows=6, withheld=6)
