"""A run on hosts that measure nothing: who is asked for what, when, and what becomes of what a lost one was asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.engine.beside import Beside
from benchmarks.engine.budget import measuring_seconds
from benchmarks.engine.engines import first_launch
from benchmarks.engine.patience import CLOCK
from benchmarks.engine.settings import Settings
from benchmarks.machines.assignments import Assignment, Further, Look, Passes, Times
from benchmarks.machines.hosts import Answer, SchedulerError
from benchmarks.machines.measuring import measure_on
from benchmarks.plan.comparisons import Plan, make_plan
from benchmarks.plan.filters import Filters
from benchmarks.plan.presets import PRESETS
from benchmarks.recording import open_record
from results.environment import LookRecord
from results.record import Writer, read
from tests.benchmarks.test_resume import noisy

Loses = Callable[[str, Assignment], bool]
LOOK: LookRecord = {"taken": "now", "disturbances": [], "system": ""}


def nobody(host: str, assignment: Assignment) -> bool:
    """No host is lost."""
    return False


class Pretended:
    """Hosts that take the time that they are given, on our clock; those that ``loses`` names are lost then."""

    apart = True

    def __init__(self, *names: str, loses: Loses = nobody) -> None:
        """Nobody has been asked."""
        self.names = list(names)
        self.loses = loses
        self.asked: list[tuple[str, Assignment]] = []
        self.under_way: dict[str, tuple[float, Assignment]] = {}  # when it ends
        self.together = 0  # at most
        self.of_passes = 0.0  # seconds

    @property
    def busy(self) -> Sequence[str]:
        """Those that have been asked."""
        return list(self.under_way)

    def idle(self) -> Sequence[str]:
        """The others."""
        return [name for name in self.names if name not in self.under_way]

    def hand(self, host: str, assignment: Assignment) -> None:
        """Remember it. A host that is lost is lost at once."""
        assert host in self.idle()
        self.asked.append((host, assignment))
        usual = self.of_passes if isinstance(assignment, Passes) else 0.0
        takes = 0.0 if self.loses(host, assignment) else getattr(assignment, "expected", usual)
        self.under_way[host] = CLOCK.now() + takes, assignment
        self.together = max(self.together, len(self.under_way))

    def wait(self, seconds: float) -> Sequence[Answer]:
        """The answer of the host that is done first."""
        if not self.under_way:
            CLOCK.asleep -= seconds  # so much passes
            return []
        host = min(self.under_way, key=lambda name: self.under_way[name][0])
        end, assignment = self.under_way.pop(host)
        CLOCK.asleep -= max(0.0, end - CLOCK.now())
        if self.loses(host, assignment):
            self.names.remove(host)
            return [Answer(host, assignment, lost="it has died")]
        return [Answer(host, assignment, result(assignment))]

    def of(self, kind: type[Assignment]) -> list[tuple[str, Assignment]]:
        """Who was asked for something of a kind."""
        return [(host, assignment) for host, assignment in self.asked if isinstance(assignment, kind)]


def result(assignment: Assignment) -> object:
    """What a host answers that measures nothing."""
    match assignment:
        case Times(session, terms):
            return [
                replace(noisy(again, 0, 5), again=again)
                for comparison, one in zip(session, terms, strict=True)
                for again in [
                    replace(first_launch(comparison, one), loops={variant.label: 4 for variant in comparison.variants})
                ]
            ]
        case Passes():
            return Beside({"work": {"launches": 1, "seconds": 1.0, "measured": [], "missing": {}}}, {"work": []})
        case Further(launch=launch, first=first, count=count):
            return noisy(launch, first, count)
    return LOOK


@pytest.fixture(autouse=True)
def own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes here has not passed for others."""
    monkeypatch.setattr(CLOCK, "asleep", CLOCK.asleep)


@pytest.fixture
def plan() -> Plan:
    """Three workloads at two points, on one loop."""
    filters = Filters(("locks",), ("contended", "uncontended", "many_keys"), ("asyncio",), ("own*",), (10, 100))
    return make_plan(filters, PRESETS["standard"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A run of a minute, in which work is counted once."""
    preset = replace(PRESETS["standard"], passes={"work": 1}, row_seconds=20.0)
    return Settings(preset, "turns", 60.0, 7, tmp_path)


def measured(hosts: Pretended, plan: Plan, settings: Settings) -> Writer:
    """The record of a run that went through."""
    writer = open_record(plan, settings)
    list(measure_on(hosts, plan, settings, writer))
    return writer


def test_hosts_measure_at_the_same_time_in_the_order_of_the_plan(plan: Plan, settings: Settings) -> None:
    """Each comparison goes whole to one host, and says to which."""
    hosts = Pretended("a", "b")
    found = read(measured(hosts, plan, settings).directory).suite
    sessions = [one.session for _, one in hosts.of(Times) if isinstance(one, Times)]

    assert hosts.together == 2
    assert [comparison for session in sessions for comparison in session] == list(plan.comparisons)
    assert found["run"]["state"] == "complete"
    assert {entry["host"] for entry in found["comparisons"]} == {"a", "b"}
    assert len(found["comparisons"]) == len(plan.comparisons)


def test_a_comparison_is_not_measured_on_another_host_later(plan: Plan, settings: Settings) -> None:
    """Passes and further launches are asked of the host that has its times."""
    hosts = Pretended("a", "b")
    writer = measured(hosts, plan, settings)
    host_of = {(entry["workload"], entry["n"]): entry["host"] for entry in writer.suite["comparisons"]}
    passes = [(host, one.taking.comparison) for host, one in hosts.asked if isinstance(one, Passes)]
    further = [(host, one.comparison) for host, one in hosts.asked if isinstance(one, Further)]

    assert {host for host, _ in passes} == {host for host, _ in further} == {"a", "b"}
    assert all(host == host_of[one.workload, one.n] for host, one in (*passes, *further))


def test_the_budget_is_for_each_host(plan: Plan, settings: Settings) -> None:
    """Two hosts together may take twice as long, and get it where one alone could not measure the rows as it should."""
    alone, two = Pretended("a"), Pretended("a", "b")
    for hosts in (alone, two):
        measured(hosts, plan, settings)
    given = [sum(one.expected for _, one in hosts.asked if isinstance(one, Times)) for hosts in (alone, two)]

    assert settings.seconds / 2 < given[0] < settings.seconds
    assert given[1] == pytest.approx(2 * given[0], rel=0.1)


def test_passes_take_a_share_of_the_budget(plan: Plan, settings: Settings) -> None:
    """As in a run here: what measuring should take is little of it where rows are few. Open verdicts wait for them."""
    asked, few = [], replace(settings, preset=replace(settings.preset, row_seconds=1.0))
    for budget in (60.0, 1000.0):
        hosts = Pretended("a")
        hosts.of_passes = 30.0
        measured(hosts, plan, replace(few, seconds=budget))
        asked.append((len(hosts.of(Passes)), len(hosts.of(Further)) > 0))

    assert measuring_seconds(plan, few.preset) < 60.0
    assert asked == [(1, True), (3, True)]


def test_what_a_lost_host_was_in_goes_to_another(plan: Plan, settings: Settings) -> None:
    """It is asked for first, and recorded once."""
    hosts = Pretended("a", "b", loses=lambda host, _: host == "a")
    writer = measured(hosts, plan, settings)
    (_, lost), _, (host, again), *_ = hosts.of(Times)

    assert (host, again.label) == ("b", lost.label)
    assert [entry["host"] for entry in writer.suite["comparisons"]] == ["b"] * len(plan.comparisons)
    assert writer.suite["absences"] == []


def test_what_has_cost_three_hosts_is_left_alone(plan: Plan, settings: Settings) -> None:
    """The others are measured, and the rows say why these were not."""
    first = plan.comparisons[0]
    hosts = Pretended("a", "b", "c", "d", loses=lambda _, one: isinstance(one, Times) and first in one.session)
    writer = measured(hosts, plan, replace(settings, seconds=1000.0))

    assert len(hosts.names) == 1
    assert {row["reason"] for row in writer.suite["absences"]} == {
        "3 hosts were lost in it, the last one because it has died"
    }
    assert {(row["workload"], row["n"]) for row in writer.suite["absences"]} == {(first.workload, first.n)}
    assert len(writer.suite["comparisons"]) == len(plan.comparisons) - 1


def test_a_run_whose_hosts_are_all_lost_ends(plan: Plan, settings: Settings) -> None:
    """What was finished is recorded, and the rest is not reached."""
    hosts = Pretended("a", loses=lambda _, one: isinstance(one, Times) and plan.comparisons[1] in one.session)
    writer = open_record(plan, settings)
    with pytest.raises(SchedulerError, match="no host is left"):
        list(measure_on(hosts, plan, replace(settings, seconds=1000.0), writer))

    assert read(writer.directory).suite["run"]["state"] == "interrupted"
    assert len(writer.suite["comparisons"]) == 1


def test_a_host_is_looked_at_before_it_measures(plan: Plan, settings: Settings) -> None:
    """And whoever wants to know what may disturb there is told."""
    hosts, seen = Pretended("a", "b"), list[str]()
    list(measure_on(hosts, plan, settings, open_record(plan, settings), see=lambda host, _: seen.append(host)))

    assert seen == ["a", "b"]
    assert [(host, type(one)) for host, one in hosts.asked[:2]] == [("a", Look), ("b", Look)]
    assert len(hosts.of(Look)) == 2


def test_nothing_is_asked_for_when_the_budget_is_spent(plan: Plan, settings: Settings) -> None:
    """What was not reached is named."""
    hosts = Pretended("a")
    writer = measured(hosts, plan, replace(settings, seconds=0.0))

    assert hosts.asked == []
    assert {row["reason"] for row in writer.suite["absences"]} == {"the budget of 0 s was spent"}
