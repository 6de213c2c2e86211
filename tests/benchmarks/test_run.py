"""A whole run: what it records, and what it keeps when it ends early."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyperf
import pytest

from benchmarks import run
from benchmarks.engine import budget, host, readers
from benchmarks.engine.beside import Beside
from benchmarks.engine.cost import COST, Cost
from benchmarks.engine.engines import Measured, Terms
from benchmarks.engine.settings import Settings
from benchmarks.engine.table import Failure
from benchmarks.engine.turns import Launch
from benchmarks.plan.comparisons import Comparison, Plan, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.recording import open_record, undeclared_failures
from benchmarks.run import measure
from patterns import contract
from results.environment import ConditionsRecord
from results.record import Writer, read
from results.suite import PassRecord
from tests.benchmarks.conftest import said_of


@pytest.fixture
def plan() -> Plan:
    """Three points of one workload on one loop."""
    filters = Filters(families=("locks",), workloads=("contended",), backends=("asyncio",))
    return make_plan(filters, PRESETS["standard"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A run of times alone that writes below a temporary folder."""
    return Settings(preset=replace(PRESETS["quick"], passes={}), engine="turns", seconds=100.0, seed=5, root=tmp_path)


def instant(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
    """An engine that measures nothing and finds that every variant takes a millisecond."""
    return map(found_at_once, comparisons, terms)


def found_at_once(comparison: Comparison, terms: Terms) -> Measured:
    """A millisecond for every variant."""
    runs = {
        variant.label: pyperf.Run(
            [0.001],
            metadata={**said_of(variant), "budget": round(terms.budget)},
            collect_metadata=False,
        )
        for variant in comparison.variants
    }
    return Measured([pyperf.Benchmark([one]) for one in runs.values()], launches=1, rounds=1)


def recorded(plan: Plan, settings: Settings) -> Writer:
    """The record of a run that went through."""
    writer = open_record(plan, settings)
    list(measure(plan, settings, writer))
    return writer


def test_a_familys_place_is_recorded(plan: Plan, settings: Settings) -> None:
    """Its group and its neighbours with the reasons, as the contract states them."""
    family = read(open_record(plan, settings).directory).suite["families"]["locks"]
    stated = contract("locks")

    assert family["group"] == stated.group != ""
    assert [(entry["family"], entry["why"]) for entry in family["neighbours"]] == [
        (entry.family, entry.why) for entry in stated.neighbours
    ]


def test_an_interrupted_run_keeps_what_it_measured(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after the first comparison: it is recorded, the others are named as not measured."""

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        if comparisons[0].n != 100:
            raise KeyboardInterrupt
        return instant(comparisons, terms)

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    writer = open_record(plan, settings)
    with pytest.raises(KeyboardInterrupt):
        list(measure(plan, settings, writer))
    record = read(writer.directory)
    missed = {row["n"] for row in record.suite["absences"] if row["state"] == "not measured"}

    assert (record.suite["run"]["state"], [entry["n"] for entry in record.suite["comparisons"]]) == (
        "interrupted",
        [100],
    )
    assert {10, 1000} == missed


def test_a_spent_budget_names_what_was_not_reached(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparisons beyond the budget are rows with that reason, and the run is complete."""
    moments = iter([0.0, 0.0, 0.0, 100.4, 100.5, 101.0, 101.0, 101.0])
    monkeypatch.setitem(run.ENGINES, "turns", instant)
    monkeypatch.setattr("benchmarks.engine.patience.time.monotonic", lambda: next(moments))
    writer = recorded(plan, settings)
    suite = writer.suite
    reasons = {row["reason"] for row in suite["absences"] if row["state"] == "not measured"}

    assert (suite["run"]["state"], [entry["n"] for entry in suite["comparisons"]]) == ("complete", [100])
    assert {"the budget of 100 s was spent"} == reasons


def test_what_is_left_of_the_budget_is_shared(plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 75 - 10 s at first, then 75 - 40 s for the two other points together, each has what it is worth.

    The rest goes by weight; 25 s are for extra launches.
    """
    budgets: list[int] = []
    settings.preset = replace(PRESETS["standard"], extra=0.25, passes={}, row_seconds=math.inf)
    moments = iter([0.0, 10.0, 10.0, 39.0, 40.0, 40.0, 68.0, 69.0, 70.0, 70.0, 70.0])

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        budgets.extend(round(entry.budget) for entry in terms)
        return instant(comparisons, terms)

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    monkeypatch.setattr("benchmarks.engine.patience.time.monotonic", lambda: next(moments))
    recorded(plan, settings)

    def shared(seconds: float, entries: Sequence[Comparison]) -> list[int]:
        weights = [settings.preset.weight(entry.n, len(entry.variants)) for entry in entries]
        worth = [budget.least(entry, settings.preset) for entry in entries]
        spare = seconds - sum(worth)
        return [round(needed + spare * one / sum(weights)) for needed, one in zip(worth, weights, strict=True)]

    growing = [readers.growing(entry)[0] for entry in plan.comparisons[1:]]

    assert budgets == [*shared(65, plan.comparisons)[:1], *shared(35, growing)]


def test_only_undeclared_failures_count(plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is one line, with what is needed to look up its first row; the twin's is nobody's row."""

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        failures = {
            label: Failure(label, "raised", "KeyError: 1")
            for label in ("asyncio_lock@asyncio", "asyncio_lock#twin@asyncio")
        }
        return (Measured(failures=failures, launches=1, rounds=1) for _ in comparisons)

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    writer = recorded(plan, settings)

    assert undeclared_failures(writer.suite) == [
        "locks/contended/asyncio_lock@asyncio n=100: raised: KeyError: 1 (and in 2 more)"
    ]


def test_extra_launches_say_what_they_went_through(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside those of the planned launches, with their own numbers."""
    planned: ConditionsRecord = {"launch": 0, "rounds": 1, "turns": 3}
    extra: ConditionsRecord = {"launch": 1, "rounds": 4, "turns": 8}

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        return (replace(found, conditions=[planned]) for found in instant(comparisons, terms))

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    writer = recorded(plan, settings)
    standings = iter([SimpleNamespace(comparison=plan.comparisons[0], played={}, seconds=1.0, timed_seconds=1.0), None])
    monkeypatch.setattr(run, "most_worth", lambda _: next(standings))
    monkeypatch.setattr(run, "play", lambda *_: Measured(conditions=[extra]))
    list(run.resolve([], writer, 1.0))
    first, *others = writer.suite["comparisons"]

    assert first["conditions"] == [planned, extra]
    assert [entry["conditions"] for entry in others] == [[planned]] * 2


def test_a_measuring_process_sees_few_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debug switches and the hash seed that tox freezes stay outside; each launch has a seed of its own."""
    for name in ("PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONTRACEMALLOC", "COVERAGE_PROCESS_START"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    environment = host.clean_environment(42)

    assert {"PYTHONHASHSEED": "42", "PATH": os.environ["PATH"]} == {
        name: environment[name]
        for name in environment
        if name in ("PATH", "PYTHONHASHSEED") or name.startswith("PYTHONA")
    }
    assert {"PYTHONASYNCIODEBUG", "PYTHONDEVMODE", "PYTHONTRACEMALLOC", "COVERAGE_PROCESS_START"}.isdisjoint(
        environment
    )


@pytest.mark.parametrize("name", ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"])
def test_a_measuring_process_finds_the_libraries_of_its_python(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A Python that is linked with a library of its own would not start without."""
    monkeypatch.setenv(name, "/opt/lib")

    assert host.clean_environment(1)[name] == "/opt/lib"


def test_the_record_carries_words_and_sources(plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report needs nothing but the record: not even the patterns."""
    monkeypatch.setitem(run.ENGINES, "turns", instant)
    writer = recorded(plan, settings)
    family = writer.suite["families"]["locks"]
    entry = family["alternatives"]["asyncio_lock"]

    assert {"asyncio": "asyncio_lock", "uvloop": "asyncio_lock", "trio": "trio_lock"}.items() <= family[
        "baseline"
    ].items()
    assert ("async with self._lock" in entry["source"], len(entry["sha256"])) == (True, 64)
    assert "asyncio" in writer.suite["backends"]


def test_a_small_budget_goes_to_what_comes_first(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One round of everything would tell nothing: the first comparison gets all there is, the next what it leaves."""
    budgets: dict[int, int] = {}
    settings.seconds = 14.0
    settings.preset = replace(settings.preset, row_seconds=math.inf)
    needed = [budget.least(entry, settings.preset) for entry in plan.comparisons]

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        budgets.update({entry.n: round(one.budget) for entry, one in zip(comparisons, terms, strict=True)})
        return instant(comparisons, terms)

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    recorded(plan, settings)

    assert needed[0] < 14 * (1 - settings.preset.extra) < needed[0] + needed[1] + needed[2]
    assert budgets[100] == round(14 * (1 - settings.preset.extra))
    assert set(budgets) == {10, 100, 1000}


@pytest.mark.parametrize(("seconds", "reason"), [(14.0, run.NOT_ASKED), (11.0, run.NO_TIME)])
def test_growth_leaves_the_others_their_share(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch, seconds: float, reason: str
) -> None:
    """It takes nine seconds, and a quarter is for open verdicts: where it does not fit, its rows say so.

    Where it fits, those say so that usual programs cannot pick.
    """
    settings.seconds = seconds
    settings.preset = replace(settings.preset, row_seconds=math.inf)
    monkeypatch.setattr("benchmarks.engine.patience.time.monotonic", lambda: 0.0)
    monkeypatch.setitem(run.ENGINES, "turns", instant)
    writer = recorded(plan, settings)
    needed = sum(budget.least(entry, settings.preset) for entry in plan.comparisons[1:])
    missing = [row for row in writer.suite["absences"] if row["state"] == "not measured"]

    assert 11.0 < needed / (1 - settings.preset.extra) <= 14.0
    assert {entry["n"] for entry in writer.suite["comparisons"]} == ({10, 100, 1000} if seconds > 12 else {100})
    assert {row["reason"] for row in missing} == {reason}
    assert {row["n"] for row in missing} == {10, 1000}
    rows = [variant for variant in plan.comparisons[1].variants if variant.competes]
    assert (len(missing) == 2 * len(rows)) is (reason == run.NO_TIME)


def test_a_familys_processes_serve_all_of_its_comparisons(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Family after family, as far as the time reaches: the middle points of all before any other point."""
    asked: list[tuple[str, int]] = []
    settings.preset = replace(settings.preset, points=(10, 100), row_seconds=math.inf)
    filters = Filters(("locks", "fan_out"), ("contended", "many_keys", "one_hop", "skewed"), ("asyncio",))
    several = make_plan(filters, settings.preset)

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        asked.extend((one.family, one.n) for one in comparisons)
        return instant(comparisons, terms)

    monkeypatch.setattr("benchmarks.engine.patience.time.monotonic", lambda: 0.0)
    monkeypatch.setitem(run.ENGINES, "turns", engine)
    settings.seconds = 1000.0
    recorded(several, settings)
    wide = asked.copy()
    asked.clear()
    settings.seconds = 1.0
    recorded(several, settings)
    planned = [(one.family, one.n) for one in several.comparisons if one.n == 100]

    assert wide == [
        *[("fan_out", 100)] * 2,
        *[("locks", 100)] * 2,
        *[("locks", 10)] * 2,
        *[("fan_out", 10)] * 2,
    ]
    assert asked == planned != wide[: len(planned)]


def test_the_least_is_enough_rounds_for_verdicts_or_one_for_growth(plan: Plan) -> None:
    """More where blocks wait for timers, less for a preset that plays fewer rounds."""
    standard = PRESETS["standard"]
    least = {entry.n: budget.least(entry, standard) for entry in plan.comparisons}
    (waiting,) = make_plan(Filters(("rate_limits",), ("blocked",), ("trio",), points=(100,)), standard).comparisons

    assert least[1000] == least[10] < least[100]
    assert budget.least(plan.comparisons[0], replace(standard, rounds=1)) < least[100]
    assert budget.least(waiting, standard) > budget.least(replace(waiting, workload="uncontended"), standard)


def test_long_blocks_are_planned_for(settings: Settings) -> None:
    """What allows them is measured under what the preset is for those, takes longer, and should; others do not."""
    quick = PRESETS["quick"]
    settings.preset = quick
    (long,) = make_plan(Filters(("testing",), ("shared",), ("asyncio",)), quick).comparisons
    (short,) = make_plan(Filters(("locks",), ("contended",), ("asyncio",)), quick).comparisons
    of_long, of_short = budget.shared(10.0, [long, short], settings, deadline=60.0)
    rows = {entry.workload: len(entry.variants) for entry in (long, short)}
    should = {entry.workload: budget.measuring_seconds(Plan((entry,), ()), quick) for entry in (long, short)}
    least = {entry.workload: budget.least(entry, quick) for entry in (long, short)}

    assert (of_long.preset, of_short.preset) == (quick.for_blocks(3.0), quick)
    assert should["shared"] / rows["shared"] == pytest.approx(1.5 * should["contended"] / rows["contended"])
    assert least["shared"] / rows["shared"] > least["contended"] / rows["contended"]


@pytest.mark.parametrize(("learned", "both"), [(None, [True, False, False]), (Cost(worker=1.0), [False, False, True])])
def test_passes_count_everywhere_and_end_with_their_share(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, learned: Cost | None, both: list[bool]
) -> None:
    """Of the 10 s that all may take, a count takes one and memory four: after two of both the third has no count.

    Where launches showed that a worker takes long to start, what counting will take is kept until the last.
    """
    settings.preset = replace(PRESETS["quick"], passes={"work": 1, "memory": 2}, beside=0.1, row_seconds=math.inf)
    several = make_plan(Filters(("locks",), ("*contended", "many_keys"), ("asyncio",)), settings.preset)
    clock, asked = [0.0], list[tuple[str, dict[str, int]]]()

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        for found in instant(comparisons, terms):
            found.loops = {"asyncio_lock@asyncio": 1}
            found.cost = learned
            yield found

    def take(
        comparison: Comparison,
        loops: dict[str, int],
        launches: dict[str, int],
        terms: Launch,
        looked_at: set[str],
        hosts: host.Hosts,
    ) -> Beside:
        assert loops
        assert hosts is not None
        assert {"asyncio_lock@asyncio", "asyncio_lock#twin@asyncio", "own_lock@asyncio"} < looked_at
        assert "no_lock@asyncio" not in looked_at
        assert terms.turn_limit == settings.hang_limit
        asked.append((comparison.workload, launches))
        clock[0] += 1.0 * ("work" in launches) + 4.0 * ("memory" in launches)
        none: PassRecord = {"launches": 1, "seconds": 1.0, "measured": [], "missing": {}}
        return Beside(passes=dict.fromkeys(launches, none))

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    monkeypatch.setattr("benchmarks.engine.beside.take", take)
    monkeypatch.setattr("benchmarks.engine.patience.time.monotonic", lambda: clock[0])
    writer = recorded(several, settings)
    order = [entry.workload for entry in several.comparisons]

    assert len(order) == 3
    taken = [{"work": 1, "memory": 2} if one else {"work": 1} for one in both]
    assert asked == list(zip(order, taken, strict=True))
    assert [set(entry["passes"]) for entry in writer.suite["comparisons"]] == [set(launches) for launches in taken]


def test_where_times_took_longer_open_verdicts_may_take_longer() -> None:
    """By their shares, of what is left at most: where times took 150 s of the 75 that they should, all aim at 200."""
    preset = replace(PRESETS["standard"], extra=0.05, beside=0.2, passes={"work": 1})
    now = [0.0]
    aims = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.engine.patience.time.monotonic", lambda: now[0])
        for budget_of_all, took in ((1000.0, 150.0), (1000.0, 30.0), (170.0, 150.0)):
            now[0] = 0.0
            purse = run.Purse(budget_of_all, 100.0, run.Aside())
            now[0] = took
            purse.stretch(preset)
            aims.append(purse.aim)

    assert aims == pytest.approx([200.0, 100.0, 170.0])


def test_a_run_of_one_family_has_all_passes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may take their share of the budget, however little the run should take; each tells how long the rest is."""
    settings.preset = replace(PRESETS["quick"], passes={"work": 1}, beside=0.1, row_seconds=0.01)
    several = make_plan(Filters(("locks",), ("*contended", "many_keys"), ("asyncio",)), settings.preset)
    clock = [0.0]

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        return (replace(found, loops={"asyncio_lock@asyncio": 1}) for found in instant(comparisons, terms))

    def take(*_: object) -> Beside:
        clock[0] += 3.0
        return Beside(passes={"work": {"launches": 1, "seconds": 3.0, "measured": [], "missing": {}}})

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    monkeypatch.setattr("benchmarks.engine.beside.take", take)
    monkeypatch.setattr("benchmarks.engine.patience.time.monotonic", lambda: clock[0])
    writer = open_record(several, settings)
    steps = [step for step in measure(several, settings, writer) if step.label.startswith("beside")]
    aim = budget.measuring_seconds(several, settings.preset)

    assert aim < 3.0
    assert [set(entry["passes"]) for entry in writer.suite["comparisons"]] == [{"work"}] * 3
    assert [step.expected - aim * settings.preset.extra for step in steps] == pytest.approx([10.0, 6.0, 3.0], abs=0.01)


def test_what_a_run_should_take_leaves_nothing_out(
    plan: Plan, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that is slower than expected: the rest gets what makes it worth while, as long as the budget lasts."""
    budgets: dict[int, float] = {}

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        budgets.update({entry.n: one.budget for entry, one in zip(comparisons, terms, strict=True)})
        return instant(comparisons, terms)

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    monkeypatch.setattr(run, "measuring_seconds", lambda *_: 0.01)
    recorded(plan, settings)
    asked = (plan.comparisons[0], *(readers.growing(entry)[0] for entry in plan.comparisons[1:]))
    least = {entry.n: budget.least(entry, settings.preset) for entry in asked}

    assert budgets[100] == pytest.approx(least[100])
    assert budgets[10] + budgets[1000] == pytest.approx(least[10] + least[1000])


def test_what_a_run_should_still_take_follows_what_it_has_shown(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of its aim; where launches take far longer than was thought, what the rest needs; never past the end."""
    clock = [0.0]
    plan = make_plan(Filters(("locks",), ("contended", "many_keys"), ("asyncio",)), settings.preset)
    settings.preset = replace(settings.preset, row_seconds=1.0)
    aim = budget.measuring_seconds(plan, settings.preset)
    slow = Cost(worker=0.5)

    def engine(comparisons: Sequence[Comparison], terms: Sequence[Terms]) -> Iterator[Measured]:
        clock[0] += aim - 1.0
        return (replace(found, cost=slow) for found in instant(comparisons, terms))

    monkeypatch.setitem(run.ENGINES, "turns", engine)
    monkeypatch.setattr("benchmarks.engine.patience.time.monotonic", lambda: clock[0])
    expected = {}
    for settings.seconds in (1000.0, aim + 2.0):
        clock[0] = 0.0
        expected[settings.seconds] = [step.expected for step in measure(plan, settings, open_record(plan, settings))]
    cost = COST.towards(slow)
    needed = sum(budget.least(entry, settings.preset, cost) for entry in plan.comparisons[1:])

    assert needed > 3.0
    assert expected[1000.0] == pytest.approx([aim, needed])
    assert expected[aim + 2.0] == pytest.approx([aim, 3.0])


def test_a_run_of_one_loop_should_end_sooner() -> None:
    """By its rows at the middle point; a preset that says nothing has no such aim."""
    quick = PRESETS["quick"]
    one, all_loops = (
        make_plan(Filters(("locks",), backends=loops, points=(100,)), quick) for loops in (("asyncio",), ())
    )

    assert 0 < budget.measuring_seconds(one, quick) < budget.measuring_seconds(all_loops, quick) / 2
    assert budget.measuring_seconds(one, PRESETS["smoke"]) == math.inf
