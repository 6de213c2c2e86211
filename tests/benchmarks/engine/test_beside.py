"""Passes over a comparison that was timed: launches of their own, and what the record keeps of them."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.engine import beside
from benchmarks.engine.engines import Terms, first_launch
from benchmarks.engine.host import Host
from benchmarks.engine.passes import PASSES
from benchmarks.engine.settings import Settings
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.recording import open_record
from benchmarks.run import measure
from reports.reading.measured import Variant, measurements
from results.labels import NOTHING
from results.record import read
from results.suite import ComparisonRecord
from results.times import MEASURE, TALLY, VARYING, WORK

ONE = Filters(("locks",), ("contended",), ("asyncio",), ("asyncio_lock", "own_lock"), (10,))


def comparison_of(filters: Filters = ONE) -> Comparison:
    """The first one that these let through."""
    return make_plan(filters, PRESETS["smoke"]).comparisons[0]


def recorded(comparison: Comparison) -> ComparisonRecord:
    """As if all of it had been timed with two loops."""
    return {
        "family": comparison.family,
        "workload": comparison.workload,
        "n": comparison.n,
        "launches": 1,
        "rounds": 1,
        "loops": {variant.label: 2 for variant in comparison.variants},
        "twin_of": comparison.twin_of,
        "seconds": 1.0,
        "timed_seconds": 0.5,
    }


@pytest.fixture(name="taken", scope="module")
def fixture_taken() -> beside.Beside:
    """Each pass over two locks, in two launches where that may make a difference."""
    comparison = comparison_of()
    launch = first_launch(comparison, Terms(PRESETS["smoke"], 1.0, 1))
    return beside.take(comparison, recorded(comparison)["loops"], {WORK: 1, "stall": 2, "memory": 2}, launch)


def test_whoever_was_timed_takes_part(taken: beside.Beside) -> None:
    """The twin, which says what is noise, and the workload around nothing as well."""
    labels = {variant.label for variant in comparison_of().variants}

    assert {str(one) for one in ("asyncio_lock#twin@asyncio", f"{NOTHING}@asyncio")} < labels
    for name, record in taken.passes.items():
        assert (set(record["measured"]), record["missing"]) == (labels, {}), name


def test_a_launch_is_a_run_of_pyperf(taken: beside.Beside) -> None:
    """With a value for each of its turns, and the unit that the pass says."""
    found = {one.get_metadata()["alternative"]: one for one in taken.benchmarks["stall"]}
    lock = found["own_lock"]

    assert [len(run.values) for run in lock.get_runs()] == [PASSES["stall"].rounds] * 2
    assert [run.get_metadata()["launch"] for run in lock.get_runs()] == [0, 1]
    assert (lock.get_unit(), lock.get_metadata()[MEASURE]) == ("second", "stall")
    assert {one.get_unit() for one in taken.benchmarks["memory"]} == {"byte"}


def test_memory_is_per_operation(taken: beside.Beside) -> None:
    """A task that waits for a lock holds some kilobytes, whatever else the process holds."""
    for one in taken.benchmarks["memory"]:
        assert all(500 < value < 20_000 for value in one.get_values())


def test_work_is_a_tally_of_each_count(taken: beside.Beside) -> None:
    """The same in each block, so that none is said to vary."""
    for one in taken.benchmarks[WORK]:
        metadata = one.get_metadata()
        assert VARYING not in metadata
        assert metadata[f"{TALLY}tasks made"] == pytest.approx(0.5)


def test_a_count_that_differs_between_blocks_varies() -> None:
    """It is named, and the others are not."""
    variant = comparison_of().variants[0]
    counted = beside._counted(variant, {0: [{"even": 2.0, "odd": 1.0}, {"even": 2.0, "odd": 3.0}]})

    assert counted.get_metadata()[VARYING] == "odd"
    assert counted.get_metadata()[f"{TALLY}even"] == 2.0


def test_who_fails_in_a_pass_has_a_reason_and_the_others_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not asked again in the next launch, and its time stays."""
    hurried = {**PASSES, "memory": replace(PASSES["memory"], limit=0.0)}
    monkeypatch.setattr(beside, "PASSES", hurried)
    comparison = comparison_of()
    launch = first_launch(comparison, Terms(PRESETS["smoke"], 1.0, 1))
    found = beside.take(comparison, recorded(comparison)["loops"], {WORK: 1, "memory": 2}, launch)
    labels = {variant.label for variant in comparison.variants}

    assert set(found.passes["memory"]["missing"]) == labels
    assert found.passes["memory"]["measured"] == []
    assert found.benchmarks["memory"] == []
    assert set(found.passes[WORK]["measured"]) == labels


def test_who_is_not_looked_at_is_only_counted() -> None:
    """Whose other numbers nobody asks for has that reason, and costs no time."""
    comparison = comparison_of()
    launch = first_launch(comparison, Terms(PRESETS["smoke"], 1.0, 1))
    asked = {"asyncio_lock@asyncio"}
    found = beside.take(comparison, recorded(comparison)["loops"], {WORK: 1, "stall": 1}, launch, asked)
    others = {variant.label for variant in comparison.variants} - asked

    assert found.passes["stall"]["measured"] == [*asked]
    assert found.passes["stall"]["missing"] == dict.fromkeys(others, beside.PASSED_OVER)
    assert found.passes[WORK]["missing"] == {}


def test_where_no_process_lasts_everybody_has_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is missing without a word, whatever ended the process that all take part in."""
    monkeypatch.setattr(Host, "play", lambda *_: "killed by signal 9")
    comparison = comparison_of()
    launch = first_launch(comparison, Terms(PRESETS["smoke"], 1.0, 1))
    found = beside.take(comparison, recorded(comparison)["loops"], {WORK: 1, "stall": 2}, launch)

    for record in found.passes.values():
        assert record["missing"] == {variant.label: "killed by signal 9" for variant in comparison.variants}
        assert record["measured"] == []


def test_a_point_that_a_workload_is_not_asked_at_is_the_reason() -> None:
    """What a pass needs beside the point that was timed is looked up before any process is started."""
    comparison = comparison_of(Filters(("caches",), ("override_chain_1",), ("asyncio",), ("mixin",), (100,)))
    launch = first_launch(comparison, Terms(PRESETS["smoke"], 1.0, 1))
    found = beside.take(comparison, recorded(comparison)["loops"], {"memory": 1}, launch)

    assert found.passes["memory"]["measured"] == []
    assert set(found.passes["memory"]["missing"].values()) == {
        "it takes n = 1,000, too, which this workload is not asked at"
    }


def test_a_run_takes_its_presets_passes(tmp_path: Path) -> None:
    """From the engine to what a report reads: ratios in pairs, counts by name, and a noise of each measure's own."""
    plan = make_plan(ONE, PRESETS["smoke"])
    settings = Settings(PRESETS["smoke"], "turns", 60.0, 1, tmp_path)
    writer = open_record(plan, settings)
    list(measure(plan, settings, writer))
    run = read(writer.directory)
    found = measurements(run).comparisons["locks", "contended", 10]
    own, usual = Variant("own_lock", "asyncio"), Variant("asyncio_lock", "asyncio")
    noise = found.measures["memory"].noise("asyncio")

    assert set(run.suite["passes"]) == set(PRESETS["smoke"].passes) == set(run.suite["comparisons"][0]["passes"])
    assert found.work[own]["tasks made"] == pytest.approx(0.5)
    assert len(found.measures["memory"].log_ratios(own, usual)) == 1
    assert found.own_share(usual) is not None
    assert noise is not None
    assert abs(noise.centre) < math.log(1.5)


def test_passes_are_taken_once_per_workload() -> None:
    """At the point that verdicts are read at, which comes first in every plan."""
    plan = make_plan(Filters(("locks",), backends=("asyncio",)), PRESETS["standard"])

    assert {entry.n for entry in plan.firsts} == {100}
    assert len(plan.firsts) == len({entry.workload for entry in plan.comparisons})
