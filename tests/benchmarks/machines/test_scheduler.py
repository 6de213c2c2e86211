"""Real schedulers and hosts on this machine: comparisons are handed out, and nothing that dies takes others along."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.benchmarks.machines.conftest import Scheduler, Start
from tests.conftest import Running, living, until

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a lost parent is noticed a little later"),
    pytest.mark.timeout(300),  # whole runs, beside the tests of other workers
]
RUN = ["run", "--preset", "smoke", "--seeds", "0", "--backend", "asyncio"]
PATIENT = [*RUN, "--workload", "*", "--alternative", "patient", "--hang-limit", "60"]
# A host whose processor has another name, which nothing here can change.
OF_ANOTHER_KIND = """
import dataclasses, sys
from benchmarks.machines import serving
kind = serving.kind_here()
serving.kind_here = lambda: dataclasses.replace(kind, machine={**kind.machine, "cpu_model_name": "Another"})
serving.served(sys.argv[1], "other")
"""


def below(running: Running) -> list[int]:
    """The processes that a command has started."""
    return [child.pid for child in psutil.Process(running.process.pid).children(recursive=True)]


def hosts_of(running: Running) -> dict[str, str]:
    """Which host measured each workload, by the record."""
    return {entry["workload"]: entry.get("host", "") for entry in running.record().suite["comparisons"]}


def test_a_run_that_is_asked_to_end_ends_its_hosts(start: Start) -> None:
    """Two of them here measure at the same time; what was measured is kept, and nothing lives on of what was not."""
    running = start(*PATIENT, "--scheduler", "local:2")
    running.reaches("patient")
    until(lambda: "first" in hosts_of(running))  # by the other one, while the second is not done
    running.process.terminate()
    code, said = running.ends()

    assert (code, "interrupted: what was measured is kept, go on with: " in said) == (130, True), said
    assert hosts_of(running).keys() == {"first"}
    until(running.alone)


def test_nothing_here_outlives_a_killed_run(start: Start) -> None:
    """Neither the hosts nor what they measure."""
    running = start(*PATIENT, "--scheduler", "local:1")
    running.reaches("patient")
    running.process.kill()

    until(running.alone)
    assert hosts_of(running) == {"first": "local-1"}


def test_what_a_killed_host_was_in_goes_to_one_that_came_late(
    start: Start, host: Callable[[str, str], Running], scheduler: Scheduler
) -> None:
    """Nothing that was finished is lost or measured twice, and nothing of the killed one lives on."""
    early = host(scheduler.address, "early")
    running = start(*PATIENT, "--scheduler", scheduler.address)
    running.reaches("patient")
    before, measuring = running.record().suite["comparisons"], below(early)
    late = host(scheduler.address, "late")
    early.process.kill()
    code, said = running.ends()

    assert code == 0, said
    assert hosts_of(running) == {"first": "early", "second": "late"}
    assert running.record().suite["comparisons"][0]["conditions"] == before[0]["conditions"]
    assert len(measuring) > 2
    until(lambda: not any(map(living, measuring)))
    looks = running.record().environment
    assert looks
    assert [look.get("host") for look in looks["looks"]] == ["early", "late"]
    late.process.terminate()
    assert late.ends()[0] == 0


def test_a_run_whose_scheduler_goes_away_can_be_gone_on_with(
    start: Start, host: Callable[[str, str], Running], scheduler: Scheduler, tmp_path: Path
) -> None:
    """One line says so and how; the host ends by itself, with what it was in; another scheduler will do."""
    one = host(scheduler.address, "one")
    running = start(*PATIENT, "--scheduler", scheduler.address)
    running.reaches("patient")
    measuring = below(one)
    scheduler.end()
    code, said = running.ends()

    assert code == 2
    assert f"loopmark: the scheduler at {scheduler.address} has gone away; what was recorded is whole, go on" in said
    assert hosts_of(running) == {"first": "one"}
    assert one.ends() == (0, "")
    until(lambda: not any(map(living, measuring)))

    (tmp_path / "second").mkdir()
    second = Scheduler(tmp_path / "second")
    try:
        host(second.address, "two")
        code, said = start("run", "--resume", "--scheduler", second.address).ends()
        assert code == 0, said
        assert hosts_of(running) == {"first": "one", "second": "two"}
    finally:
        second.end()


def test_hosts_of_unlike_kinds_have_a_run_each(
    start: Start, host: Callable[[str, str], Running], scheduler: Scheduler, rampant: Path
) -> None:
    """Where they may be mixed: their rows never meet in one record."""
    host(scheduler.address, "one")
    command = [sys.executable, "-c", OF_ANOTHER_KIND, scheduler.address]
    with subprocess.Popen(command, cwd=rampant, stderr=subprocess.PIPE) as other:
        try:
            assert other.stderr
            assert b"other measures for" in other.stderr.readline()
            asked = [*RUN, "--alternative", "plain", "--workload", "first", "--scheduler", scheduler.address]
            code, said = start(*asked, "--mixed").ends()
        finally:
            other.kill()

    assert code == 0, said
    found = [path.parent for path in (rampant / "results").glob("*/*/suite.json")]
    models = [json.loads((path / "machine.json").read_text())["cpu_model_name"] for path in found]
    hosts = [json.loads((path / "suite.json").read_text())["comparisons"][0]["host"] for path in found]
    assert sorted(hosts) == ["one", "other"]
    assert [model == "Another" for model in models] == [name == "other" for name in hosts]


def test_a_scheduler_that_is_not_there_is_one_line(start: Start) -> None:
    """Like any word that means nothing."""
    code, said = start("run", "--scheduler", "somewhere").ends()

    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith("loopmark: --scheduler 'somewhere' is no scheduler: write tcp://host:port, or local:2")
