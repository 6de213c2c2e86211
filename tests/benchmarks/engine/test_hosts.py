"""Which process a launch is played in: one for each number, kept from one comparison of a family to the next."""

from dataclasses import replace
from itertools import chain
from typing import ClassVar

import pytest

from benchmarks.engine import host
from benchmarks.engine.engines import Terms, first_launch, measure_in_turns
from benchmarks.engine.host import MOST_KEPT, Host, Hosts
from benchmarks.engine.turns import Launch, imports_of
from benchmarks.plan.comparisons import Comparison, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS

ONCE = replace(PRESETS["smoke"], launches=2)
TWO = Filters(("locks",), ("contended", "many_keys"), ("asyncio",), ("own_lock",), (100,))


class Stand:
    """Stands in for a process: it was ``told`` to import, and has ``ended`` or not."""

    started: ClassVar[list["Stand"]] = []

    def __init__(self, seed: int, modules: list[str], environments: list[str]) -> None:
        """It begins."""
        self.environments = environments
        self.seed, self.modules = seed, modules
        self.idle = True
        self.waited = self.ended = False
        self.started.append(self)

    def wait(self) -> None:
        """It is ready."""
        self.waited = True

    def end(self) -> None:
        """It ends."""
        self.ended = True


@pytest.fixture(name="started")
def fixture_started(monkeypatch: pytest.MonkeyPatch) -> list[Stand]:
    """What stands in for processes, as they are started."""
    monkeypatch.setattr(Stand, "started", [])
    monkeypatch.setattr(host, "Host", Stand)
    return Stand.started


def launches_of(family: str, *numbers: int, method: str = "") -> list[Launch]:
    """Launches of a comparison of that family, with these numbers."""
    comparison = make_plan(Filters((family,), backends=("asyncio",), points=(100,)), ONCE).comparisons[0]
    launch = first_launch(comparison, Terms(ONCE, 1.0, 1, method=method))
    return [replace(launch, number=number, seed=40 + number) for number in numbers]


def hosts_of(*families: str) -> Hosts:
    """Those of a run of these families."""
    plan = make_plan(Filters(families, backends=("asyncio",), points=(100,)), ONCE)
    return Hosts(chain.from_iterable(one.variants for one in plan.comparisons))


def test_a_family_goes_on_with_its_processes(started: list[Stand]) -> None:
    """Each number with its own; one more starts one more, with its launch's seed, and what the whole family needs."""
    with hosts_of("locks") as hosts:
        first = hosts.ready(launches_of("locks", 0, 1))
        again = hosts.ready(launches_of("locks", 1, 0, 2))

        assert again == [first[1], first[0], started[2]]
        assert [(one.seed, one.waited, one.ended) for one in started] == [(seed, True, False) for seed in (40, 41, 42)]
        assert {"anyio", "benchmarks.families.locks.workloads"} < {*started[0].modules}
    assert all(one.ended for one in started)


def test_another_family_has_other_processes(started: list[Stand]) -> None:
    """Nothing that one has imported is in the next one's."""
    with hosts_of("locks", "fan_out") as hosts:
        hosts.ready(launches_of("locks", 0))
        hosts.ready(launches_of("fan_out", 0))

        assert [one.ended for one in started] == [True, False]
        assert not [name for name in started[1].modules if "locks" in name]


@pytest.mark.parametrize(("idle", "method"), [(False, ""), (True, "spawn"), (True, "forkserver")])
def test_what_is_spent_is_replaced(started: list[Stand], idle: bool, method: str) -> None:
    """A process that died or hung, and one whose workers were not forked."""
    with hosts_of("locks") as hosts:
        hosts.ready(launches_of("locks", 0, method=method))
        started[0].idle = idle
        hosts.ready(launches_of("locks", 0, method=method))

        assert [one.ended for one in started] == [True, False]
        assert (started[0].modules == []) == (method == "spawn")


def test_a_process_with_others_elsewhere_plays_once(started: list[Stand]) -> None:
    """The hosts of other environments end with what they forked."""
    (launch,) = launches_of("locks", 0)
    with Hosts([*launch.variants, replace(launch.variants[0], environment="old")]) as hosts:
        hosts.ready([launch])
        hosts.ready([launch])

        assert [(one.environments, one.ended) for one in started] == [(["old"], True), (["old"], False)]


def test_few_processes_wait(started: list[Stand]) -> None:
    """Those of extra launches end with the next: nobody will ask for their number again."""
    with hosts_of("locks") as hosts:
        hosts.ready(launches_of("locks", 0, MOST_KEPT))
        hosts.ready(launches_of("locks", MOST_KEPT + 1))

        assert [one.ended for one in started] == [False, True, False]


def test_comparisons_of_a_family_share_their_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two launches each, in two processes: every worker inherits the hash seed of its number's."""
    seeds: list[int] = []

    class Counted(Host):
        """Says which seed it was started with."""

        def __init__(self, seed: int, modules: list[str], environments: list[str]) -> None:
            seeds.append(seed)
            super().__init__(seed, modules, environments)

    monkeypatch.setattr(host, "Host", Counted)
    comparisons: tuple[Comparison, ...] = make_plan(TWO, ONCE).comparisons
    with Hosts(chain.from_iterable(one.variants for one in comparisons)) as hosts:
        found = [measure_in_turns([one], [Terms(ONCE, 1.0, 7, hosts=hosts)])[0] for one in comparisons]
        living = {*Host.living}

    assert len(comparisons) == 2
    assert seeds == [7, 8]
    assert len(living) == 2
    assert not living & Host.living
    for measured in found:
        for benchmark in measured.benchmarks:
            assert [run.get_metadata()["python_hash_seed"] for run in benchmark.get_runs()] == [7, 8]


def test_what_a_family_asks_is_imported_before_workers_are_forked() -> None:
    """It is the same for all of them; the alternatives, which may do anything when they are imported, are not."""
    (comparison,) = make_plan(replace(TWO, workloads=("contended",)), ONCE).comparisons
    modules = imports_of(comparison.variants)

    assert {f"benchmarks.families.locks.{name}" for name in ("workloads", "nothing", "arrivals")} <= {*modules}
    assert not [name for name in modules if name.startswith("patterns")]
