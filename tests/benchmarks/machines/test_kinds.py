"""Which hosts a run may use: alike among themselves, and with what the plan was made with here."""

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import cast

import pytest

from benchmarks import scheduled
from benchmarks.machines.hosts import SchedulerError
from benchmarks.machines.kinds import Kind
from benchmarks.machines.through_dask import Present
from benchmarks.machines.through_dask import Scheduler as Connection
from benchmarks.plan.provenance import KIND
from benchmarks.scheduled import hosts_for, kinds_of
from results.record import Writer

HERE = Kind({"cpu_model_name": "Ours", "cpu_count": 2}, {"python": "3.13.0", "trio": "0.35.0"}, "code")
SLOWER = replace(HERE, machine={"cpu_model_name": "Slower", "cpu_count": 2})


@dataclass
class Told:
    """A scheduler that tells of these hosts."""

    hosts: dict[str, Kind]
    apart: bool = True

    def present(self) -> dict[str, Present]:
        """Who is there."""
        return {name: Present(f"tcp://{name}", kind) for name, kind in self.hosts.items()}


def kinds(hosts: dict[str, Kind], *, mixed: bool = False) -> list[Kind | None]:
    """What a run may use of these hosts."""
    return kinds_of(cast("Connection", Told(hosts)), mixed=mixed)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that this machine is of that kind."""
    monkeypatch.setattr(scheduled, "kind_here", lambda: HERE)


def test_hosts_that_are_alike_have_one_run() -> None:
    """Whatever they are called, and though this machine, which measures nothing, is another one."""
    assert kinds({"a": SLOWER, "b": SLOWER}) == [SLOWER]


def test_unlike_ones_are_refused_in_one_line() -> None:
    """It says what differs, and what to do."""
    with pytest.raises(SchedulerError) as refused:
        kinds({"a": HERE, "b": SLOWER})

    what = "cpu_model_name Slower, not Ours as there: end one, or write --mixed for two runs"
    assert str(refused.value) == f"host b is of another kind than a: {what}"


def test_unlike_ones_that_may_be_mixed_have_a_run_each() -> None:
    """One for each kind, however many hosts it has."""
    assert kinds({"a": HERE, "b": SLOWER, "c": HERE}, mixed=True) == [HERE, SLOWER]


@pytest.mark.parametrize(
    ("there", "what"),
    [
        (replace(HERE, versions={"python": "3.13.0", "trio": "0.30.0"}), "trio 0.30.0, not 0.35.0"),
        (replace(HERE, versions={"python": "3.13.0"}), "trio missing, not 0.35.0"),
        (replace(HERE, code="older"), "other patterns or benchmarks"),
    ],
)
@pytest.mark.parametrize("mixed", [False, True])
def test_a_host_that_cannot_do_what_is_planned_here_is_refused(there: Kind, what: str, mixed: bool) -> None:
    """Mixed or not: its record would tell of packages that it does not have."""
    parted = "; --mixed only parts hosts that could do what is planned here" if mixed else ""
    with pytest.raises(SchedulerError, match=f"^host b has {what}, as here: install the same there{parted}$"):
        kinds({"a": HERE, "b": there}, mixed=mixed)


@pytest.mark.parametrize("name", KIND)
def test_whatever_makes_times_incomparable_makes_another_kind(name: str) -> None:
    """A processor, how many there are, a Python or its build: what is said of it follows its name."""
    other = replace(HERE, machine={**HERE.machine, name: "Other"})
    with pytest.raises(SchedulerError, match=f"^host b is of another kind than a: {name} Other, not "):
        kinds({"a": HERE, "b": other})

    assert kinds({"a": HERE, "b": other}, mixed=True) == [HERE, other]


@pytest.mark.parametrize(
    "late",
    [SLOWER, replace(HERE, versions={**HERE.versions, "trio": "0.30.0"}), replace(HERE, code="older")],
    ids=["processor", "versions", "patterns"],
)
def test_one_that_comes_late_is_of_the_kind_that_is_recorded(
    late: Kind, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or measures nothing, and is told of in a line; what else it has installed is its own affair."""
    monkeypatch.setattr(scheduled, "read_machine", lambda _: HERE.machine)
    writer = cast("Writer", SimpleNamespace(directory=None, suite={"versions": HERE.versions}))
    more = replace(HERE, versions={**HERE.versions, "stranger": "1.0"})
    hosts = hosts_for(cast("Connection", Told({"early": HERE, "more": more, "late": late})), writer)

    assert hosts.idle() == ["early", "more"]
    assert hosts.idle() == ["early", "more"]
    assert capsys.readouterr().err.count("late measures nothing here, it is of another kind: ") == 1
