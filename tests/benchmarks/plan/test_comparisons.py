"""Which comparisons exist, which variants can run, and what an unknown name says."""

import dataclasses

import pytest

import patterns
from benchmarks.plan.availability import applies, why_not
from benchmarks.plan.backends import BACKENDS
from benchmarks.plan.comparisons import make_plan
from benchmarks.plan.filters import Filters, UnknownNameError
from benchmarks.plan.presets import MIDDLE, PRESETS
from benchmarks.plan.workloads import questions

QUICK = PRESETS["quick"]
LOCKS = questions("locks")
CONTENDED = LOCKS.workload("contended")
ASYNCIO_LOCK = next(entry for entry in patterns.alternatives("locks") if entry.name == "asyncio_lock")


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (Filters(families=("lock",)), "no family matches 'lock' (did you mean locks?)"),
        (Filters(workloads=("contend",)), "no workload matches 'contend' (did you mean contended?)"),
        (Filters(backends=("uvlop",)), "no backend matches 'uvlop' (did you mean uvloop?)"),
        (Filters(alternatives=("asyncio_lok",)), "no alternative matches 'asyncio_lok' (did you mean asyncio_lock?)"),
        (Filters(backends=("zzz",)), "no backend matches 'zzz' (there are: asyncio, asyncio-eager, trio, uvloop)"),
    ],
)
def test_an_unknown_name_gets_a_suggestion(filters: Filters, message: str) -> None:
    """One line names the filter and the closest name."""
    with pytest.raises(UnknownNameError) as raised:
        make_plan(filters, QUICK)

    assert message == str(raised.value)


def test_an_unknown_point_names_the_points_there_are() -> None:
    """A value of n that no workload has is refused."""
    with pytest.raises(UnknownNameError, match="no workload has n = 7; there are 1, 10, 100, 1000"):
        make_plan(Filters(points=(7,)), QUICK)


def test_filters_are_globs_and_keep_the_baseline() -> None:
    """A comparison without its baseline would have nothing to be a ratio of."""
    filters = Filters(families=("lo*",), workloads=("contended",), backends=("asyncio", "trio"), alternatives=("no*",))
    comparison = make_plan(filters, QUICK).comparisons[0]
    labels = {variant.label for variant in comparison.variants if not variant.is_null}

    assert {"asyncio_lock@asyncio", "asyncio_lock#twin@asyncio", "trio_lock@trio"} <= labels
    assert all(label.startswith(("no", "asyncio_lock", "trio_lock")) for label in labels)
    assert comparison.twin_of == "asyncio_lock@asyncio"


def test_smoke_asks_every_alternative_in_few_workloads() -> None:
    """On each loop where it can run; who names workloads gets all that are named, and other presets have all."""
    smoke, families = PRESETS["smoke"], ("locks", "web")
    plan = make_plan(Filters(families), smoke)
    named = make_plan(Filters(families, workloads=("*",)), smoke)
    who, asked = (
        {(entry.family, one.label) for entry in some.comparisons for one in entry.variants if one.competes}
        for some in (named, plan)
    )

    assert who == asked
    assert len([entry for entry in plan.comparisons if entry.family == "locks"]) == 1
    assert len(plan.comparisons) < len(named.comparisons)
    assert {entry.workload for entry in make_plan(Filters(("locks",)), QUICK).comparisons} == {
        workload.name for workload in LOCKS.workloads
    }


def test_middle_points_come_first() -> None:
    """An interrupted run has the point that verdicts are read at, of every workload, before any other point."""
    points = [entry.n for entry in make_plan(Filters(families=("locks",)), PRESETS["standard"]).comparisons]

    assert sorted(points, key=lambda n: (n != 100, -n)) == points


@pytest.mark.parametrize(
    ("preset", "points", "expected"),
    [("standard", (), [100]), ("standard", (10, 1000), [1000, 10]), ("thorough", (), [100, 1000, 10, 1])],
)
def test_long_blocks_are_asked_for_where_verdicts_are_read(
    preset: str, points: tuple[int, ...], expected: list[int]
) -> None:
    """At other points by a preset that repeats such blocks anyway, or where somebody names them."""
    filters = Filters(families=("testing",), workloads=("empty",), points=points)
    found = [entry.n for entry in make_plan(filters, PRESETS[preset]).comparisons]

    assert found == expected


@pytest.mark.parametrize(
    ("preset", "asked", "growing"),
    [
        ("standard", Filters(("locks", "web")), {"uncontended", "requests"}),
        ("standard", Filters(("locks",), workloads=("*contended",)), {"contended", "uncontended"}),
        ("standard", Filters(("locks",), points=(10, 100)), {"contended", "many_keys", "read_mostly", "uncontended"}),
        ("thorough", Filters(("locks",)), {"contended", "many_keys", "read_mostly", "uncontended"}),
        ("quick", Filters(("locks",)), set()),
    ],
)
def test_growth_is_shown_of_what_families_name_first(preset: str, asked: Filters, growing: set[str]) -> None:
    """Unless workloads or points are named, or the preset has time for all; verdicts are read of every workload."""
    plan = make_plan(asked, PRESETS[preset])

    assert {entry.workload for entry in plan.comparisons if entry.n != MIDDLE} == growing
    assert {entry.workload for entry in plan.comparisons} == {entry.workload for entry in plan.firsts}
    assert {entry.n for entry in plan.firsts} == {MIDDLE}


def test_what_families_name_first_comes_first() -> None:
    """At every point the first workload of each family is before the second of any."""
    made = make_plan(
        Filters(families=("batching", "locks"), workloads=("closed_loop", "*contended")), QUICK
    ).comparisons

    assert [(entry.family, entry.workload) for entry in made] == [
        ("batching", "closed_loop"),
        ("locks", "uncontended"),
        ("locks", "contended"),
    ]


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({"problem": "no Python"}, "mistake", "no Python"),
        ({"offers": ()}, "not offered", "offers none of ledger"),
        ({"pythons": (patterns.Pythons(">=99"),)}, "not here", "needs Python >=99, this is"),
        ({"requires": ("no-such-thing",)}, "not here", "no-such-thing is not installed"),
        ({"requires": ("trio>=99",)}, "not here", "needs trio>=99,"),
    ],
)
def test_what_cannot_run_has_a_reason(change: dict[str, object], state: str, reason: str) -> None:
    """Each missing thing is named."""
    entry = dataclasses.replace(ASYNCIO_LOCK, **change)  # type: ignore[arg-type]  # one field at a time
    found = why_not(entry, BACKENDS["asyncio"], CONTENDED)

    assert found is not None
    assert (state, True) == (found[0], found[1].startswith(reason))


def test_a_missing_loop_makes_rows_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without uvloop every alternative's uvloop row says so, and the other loops are measured."""
    missing = dataclasses.replace(BACKENDS["uvloop"], distribution="no-such-loop")
    monkeypatch.setitem(BACKENDS, "uvloop", missing)
    made = make_plan(Filters(families=("locks",), workloads=("contended",)), QUICK)
    reasons = {row["reason"] for row in made.absences if row["backend"] == "uvloop"}

    assert {"no-such-loop is not installed"} == reasons
    assert "uvloop" not in {variant.backend for variant in made.comparisons[0].variants}


@pytest.mark.parametrize(
    ("backend", "python", "here", "expected"),
    [
        ("uvloop", "", "3.12.1", True),
        ("asyncio", "", "3.12.1", False),
        ("uvloop", "<3.12.2", "3.12.1", True),
        ("uvloop", "<3.12.2", "3.12.2", False),
    ],
)
def test_a_known_failure_holds_on_its_loops_and_pythons(
    backend: str, python: str, here: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down to the patch level."""
    monkeypatch.setattr("sys.version_info", tuple(map(int, here.split("."))))

    assert expected == applies(patterns.KnownFailure("raised", python, "seen", "uv*"), backend)


@pytest.mark.parametrize(("backends", "expected"), [((), set()), (("asyncio*",), {10, 100, 1000})])
def test_a_secondary_loop_is_measured_where_the_preset_says(
    backends: tuple[str, ...], expected: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at all in the standard preset, everywhere when it is asked for by name."""
    monkeypatch.setitem(BACKENDS, "asyncio-eager", dataclasses.replace(BACKENDS["asyncio-eager"], python=""))
    filters = Filters(families=("locks",), workloads=("contended",), backends=backends)
    made = make_plan(filters, PRESETS["standard"])
    points = {
        variant.n for entry in made.comparisons for variant in entry.variants if variant.backend == "asyncio-eager"
    }

    assert expected == points
