"""Time that passes without us: stopped processes, and clocks that step."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, Running

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing can be stopped here")
HANG_LIMIT = 4.0  # seconds; more than a busy machine lets a healthy process wait
ASLEEP = 5.0  # seconds
PATIENT = ["--backend", "asyncio", "--alternative", "patient", "--hang-limit", str(HANG_LIMIT)]


def stop_for_a_while(running: Running) -> None:
    """Stop everything while an alternative is in the middle of it, and let it go on later; its waiting ends then.

    The process that is waited for goes on last: those that wait for it must not have lost patience already.
    """
    (worker,) = running.reaches("patient")
    others = [running.process.pid, *running.seen - {worker}]
    for process in (*others, worker):
        os.kill(process, signal.SIGSTOP)
    (running.root / "patterns" / "echo" / "patient.go").touch()
    time.sleep(ASLEEP)  # the time that passes is the fault
    for process in others:
        os.kill(process, signal.SIGCONT)
    time.sleep(HANG_LIMIT / 3)
    os.kill(worker, signal.SIGCONT)


def test_a_stopped_run_goes_on_and_blames_nobody(start: Callable[..., Running]) -> None:
    """The variant whose turn it was has not hung, and the time in which all slept is nobody's."""
    running = start("run", "--preset", "smoke", "--seeds", "0", "--workload", "*", *PATIENT)
    stop_for_a_while(running)
    code, said = running.ends()
    record = running.record()
    measured = record.benchmarks["echo", "second"].get_benchmarks()
    times = [10 * value for benchmark in measured for value in benchmark.get_values()]

    assert (code, len(times)) == (0, 3), said
    assert max(times) < ASLEEP / 2


def test_a_stopped_check_goes_on_and_blames_nobody(start: Callable[..., Running]) -> None:
    """The trial that was under way is no failure."""
    running = start("check", "--seeds", "20", *PATIENT)
    stop_for_a_while(running)
    code, said = running.ends()

    assert (code, "1 kept, 0 known failures, 0 new failures;" in said) == (0, True), said


STEPPING = """
import itertools, time
steps = itertools.cycle([0.0, 86400.0])  # never to before the machine was started: its kernel takes that along
honest = time.time
time.time = lambda: honest() + next(steps)
"""


def test_a_clock_that_steps_changes_nothing(
    start: Callable[..., Running], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day forth and a day back, in every process: no time, no limit and no budget is read from that clock."""
    (tmp_path / "sitecustomize.py").write_text(STEPPING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    running = start(
        "run", "--preset", "smoke", "--seeds", "4", "--workload", "*", "--backend", "asyncio", "--alternative", "plain"
    )
    code, said = running.ends()
    record = running.record()
    suites = record.benchmarks.values()
    values = [value for suite in suites for one in suite.get_benchmarks() for value in one.get_values()]

    assert (code, record.suite["run"]["state"], len(values)) == (0, "complete", 4), said
    assert all(0 < value < 1 for value in values)
    assert 0 < record.suite["run"]["seconds"] < PATIENCE
    assert record.safety
    assert [entry["state"] for entry in record.safety["findings"]] == ["pass"]
