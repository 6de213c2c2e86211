"""Sessions: which comparisons share a process, and what becomes of a process that dies."""

from dataclasses import replace
from multiprocessing import Pipe, Process
from pathlib import Path

import pytest

from benchmarks.engine import turns
from benchmarks.engine.engines import Terms, first_launch, measure_in_stock_order, measure_in_turns, sessions
from benchmarks.engine.host import Host, run_session
from benchmarks.engine.memory import Scales
from benchmarks.engine.table import Failure, Seat
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.plan.variants import Variant
from results.environment import DISTURBED, flagged_rounds

FEW = Filters(families=("locks",), workloads=("contended",), backends=("asyncio",), alternatives=("own_lock",))
ONCE = replace(PRESETS["smoke"], launches=3, launches_elsewhere=2)


def comparisons(*points: int) -> list[Comparison]:
    """Three variants and the workload around nothing at each point."""
    found = make_plan(replace(FEW, points=points), ONCE).comparisons
    return list(found)


def test_points_equally_far_from_the_middle_share_a_process() -> None:
    """The order of the plan stays: the middle by itself and first, then both neighbours, then what is left."""
    plan = make_plan(replace(FEW, workloads=("contended", "many_keys")), PRESETS["thorough"])
    found = [(session[0].workload, [entry.n for entry in session]) for session in sessions(plan.comparisons)]

    assert found == [
        (workload, points) for points in ([100], [1000, 10], [1]) for workload in ("contended", "many_keys")
    ]


def test_every_comparison_of_a_session_has_its_own_launches() -> None:
    """Three at the middle point and two elsewhere, whether or not they share processes; the time is shared out."""
    measured = measure_in_turns(comparisons(100, 10), [Terms(ONCE, 1.0, seed) for seed in (5, 6)])

    assert [entry.launches for entry in measured] == [3, 2]
    for entry, launches in zip(measured, (3, 2), strict=True):
        assert {launches} == {benchmark.get_nrun() for benchmark in entry.benchmarks}
        assert len(entry.benchmarks) == 4
        assert 0 < entry.timed_seconds < entry.seconds


def test_every_launch_says_what_it_went_through() -> None:
    """One entry per launch and four turns in its one round; each worker's benchmark names its disturbed rounds."""
    (measured,) = measure_in_turns(comparisons(100), [Terms(ONCE, 1.0, 5)])
    counted = [(entry["launch"], entry["rounds"], entry["turns"]) for entry in measured.conditions]
    runs = [run.get_metadata() for benchmark in measured.benchmarks for run in benchmark.get_runs()]

    assert counted == [(0, 1, 4), (1, 1, 4), (2, 1, 4)]
    for entry in measured.conditions:
        flagged = [
            number
            for metadata in runs
            if metadata["launch"] == entry["launch"]
            for number in flagged_rounds(metadata.get(DISTURBED)) or ()
        ]
        assert entry.get("disturbed_rounds", []) == sorted(set(flagged))
        assert entry.get("disturbed_turns", 0) == len(flagged)


@pytest.mark.parametrize(("budget", "launches"), [(1000.0, 3), (3 * 3 * 0.41, 2), (0.1, 1)])
def test_the_stock_order_starts_what_its_budget_allows(
    budget: float, launches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three variants, each with a process to calibrate and, at the middle point, up to three that measure."""
    asked: set[int] = set()

    def stock(variant: Variant, processes: int, *_: float) -> Failure:
        asked.add(processes)
        return Failure(variant.label, "died", "not started")

    monkeypatch.setattr("benchmarks.engine.engines.stock", stock)
    (measured,) = measure_in_stock_order(comparisons(100), [Terms(ONCE, budget, 1)])

    assert (asked, measured.launches) == ({launches}, launches)


def test_each_launch_has_a_hash_seed_of_its_own() -> None:
    """All variants of a launch share it, and pyperf notes it."""
    (measured,) = measure_in_turns(comparisons(100), [Terms(ONCE, 1.0, 40)])
    seeds = {
        tuple(run.get_metadata()["python_hash_seed"] for run in benchmark.get_runs())
        for benchmark in measured.benchmarks
    }

    assert {(40, 41, 42)} == seeds


def test_results_come_in_the_order_of_the_plan() -> None:
    """Whoever was forked first: of these four seeds one at least draws another order."""
    (comparison,) = comparisons(10)
    labels = [variant.label for variant in comparison.variants]
    for seed in range(4):
        (measured,) = measure_in_turns([comparison], [Terms(replace(ONCE, launches_elsewhere=1), 1.0, seed)])
        assert list(measured.loops) == labels


def test_nobody_is_always_forked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place among the forks is drawn for each launch, so that what it costs cannot lean to one side."""
    started: list[list[str]] = []

    def start(variant: Variant, launch: turns.Launch, method: str, elsewhere: object) -> Seat:
        started[-1].append(variant.label)
        if len(started[-1]) == len(launch.variants):
            raise InterruptedError
        return Seat(variant.label, Process(), Pipe()[0], 1.0, Scales(None, 0))

    monkeypatch.setattr(turns, "start", start)
    monkeypatch.setattr("gc.freeze", lambda: None)
    launch = first_launch(comparisons(10)[0], Terms(ONCE, 1.0, 1))
    for seed in range(12):
        started.append([])
        with pytest.raises(InterruptedError):
            turns.play(replace(launch, seed=seed))

    assert {frozenset(labels) for labels in started} == {frozenset(variant.label for variant in launch.variants)}
    assert {labels[0] for labels in started} == {variant.label for variant in launch.variants}


@pytest.mark.parametrize("ending", ["import os; os._exit(3)", "import time; time.sleep(3600)"])
def test_a_process_that_does_not_get_ready_is_tried_again_with_spawned_workers(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that ends the process at import, or hangs, must not end the comparison."""
    (tmp_path / "no_good.py").write_text(f"{ending}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    launch = first_launch(comparisons(10)[0], Terms(ONCE, 1.0, 1))
    with Host(1, ["no_such_module", "no_good"]) as host:
        with monkeypatch.context() as short:
            short.setattr("benchmarks.engine.host.IMPORT_SECONDS", 1.0)
            host.wait()
        (outcome,) = run_session([launch], host)

    assert len(outcome.benchmarks) == len(launch.variants)
    assert outcome.failures == []


def test_a_process_that_dies_twice_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variant is a row with the reason; nothing is waited for."""
    monkeypatch.setattr("benchmarks.engine.host.Host.play", lambda self, launches: "it broke")  # noqa: ARG005
    launch = first_launch(comparisons(10)[0], Terms(ONCE, 1.0, 1))
    with Host(1, []) as host:
        (outcome,) = run_session([launch], host)

    assert {("died", "it broke")} == {(failure.state, failure.reason) for failure in outcome.failures}
    assert len(outcome.failures) == len(launch.variants)
