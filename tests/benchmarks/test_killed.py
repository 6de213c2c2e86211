"""Whatever is killed, at whatever moment: nothing lives on, and nothing that was finished is lost."""

import sys
from collections.abc import Callable

import psutil
import pytest

from tests.conftest import Running, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a lost parent is noticed a little later")
WILD = ["--backend", "asyncio", "--alternative", "wild", "--hang-limit", "60"]
CHECK = ["check", "--seeds", "2", *WILD]
RUN = ["run", "--preset", "smoke", "--seeds", "0", "--workload", "*", *WILD]


def test_nothing_outlives_a_killed_conductor(start: Callable[..., Running]) -> None:
    """Its warm parents end, the worker that hangs in C, its idle siblings, and what the worker had started.

    What it had finished is there, and the run can be gone on with.
    """
    running = start(*RUN)
    named = running.reaches("wild")
    running.process.kill()

    assert {*named} <= running.seen
    until(running.alone)
    killed = running.record()
    assert [entry["workload"] for entry in killed.suite["comparisons"]] == ["first"]
    assert {row["reason"] for row in killed.suite["absences"]} == {"the run was interrupted"}

    assert start("run", "--resume").ends()[0] == 0
    resumed = running.record()
    assert [entry["workload"] for entry in resumed.suite["comparisons"]] == ["first", "second"]
    assert (resumed.path, resumed.suite["absences"]) == (killed.path, [])


def test_nothing_outlives_a_killed_conductor_of_the_stock_order(start: Callable[..., Running]) -> None:
    """Neither pyperf's manager nor the worker that hangs in C, nor what that one had started."""
    running = start(*RUN, "--workload", "second", "--engine", "pyperf")
    running.reaches("wild")
    running.process.kill()

    until(running.alone)


def test_a_run_that_is_asked_to_end_says_how_to_go_on(start: Callable[..., Running]) -> None:
    """What was measured is kept, nothing is left."""
    running = start(*RUN)
    running.reaches("wild")
    running.process.terminate()
    code, said = running.ends()

    assert code == 130
    assert f"--resume {running.record().path.relative_to(running.root)}" in said.replace(f"{running.root}/", "")
    assert running.alone()


def test_a_killed_parent_takes_its_workers_along_and_the_launch_is_repeated(start: Callable[..., Running]) -> None:
    """The run goes through as if nothing had happened."""
    running = start(*RUN)
    psutil.Process(running.reaches("wild")[0]).parent().kill()  # type: ignore[union-attr]

    assert running.ends()[0] == 0
    assert running.alone()
    measured = [(entry["workload"], len(entry["loops"])) for entry in running.record().suite["comparisons"]]
    assert measured == [("first", 3), ("second", 3)]


def test_a_killed_worker_is_a_row_with_its_reason(start: Callable[..., Running]) -> None:
    """The others are measured all the same, without what it had started."""
    running = start(*RUN)
    psutil.Process(running.reaches("wild")[0]).kill()
    code, said = running.ends()

    assert code == 1
    assert "failed: echo/second/wild@asyncio n=10: died: killed by signal 9" in said
    assert running.alone()
    assert [len(entry["loops"]) for entry in running.record().suite["comparisons"]] == [3, 2]


def test_nothing_outlives_a_killed_check(start: Callable[..., Running]) -> None:
    """Its server ends, although a process that it has forked hangs in C, and with it whatever that one has started."""
    running = start(*CHECK)
    running.reaches("wild")
    running.process.kill()

    until(running.alone)


@pytest.mark.parametrize("generations", [0, 1])
def test_who_was_killed_during_a_check_is_asked_once_more(start: Callable[..., Running], generations: int) -> None:
    """The examined process, or the server above it: neither is a promise's failure."""
    running = start(*CHECK)
    worker = psutil.Process(running.reaches("wild")[0])
    (worker, *worker.parents())[generations].kill()
    code, said = running.ends()

    assert (code, "1 kept, 0 known failures, 0 new failures;" in said) == (0, True), said
    until(running.alone)  # the server ends by itself when the check has ended
