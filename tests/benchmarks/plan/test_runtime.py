"""The seconds that a process could have used: others had the processor for the rest, and the system tells of that."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.plan import runtime
from benchmarks.plan.runtime import Runtime, Silence

PROCESS = 4711


@dataclass
class Machine:
    """A clock, and what a system tells of a process; each step is some seconds of it."""

    folder: Path
    now: float = 100.0
    told: dict[str, tuple[float, float]] = field(default_factory=dict)

    def thread(self, name: str, computed: float = 0.0, waited: float = 0.0, state: str = "S") -> None:
        """A thread has computed for some seconds more, and waited for a processor, of which it is told now."""
        before = self.told.get(name, (0.0, 0.0))
        on, off = self.told[name] = before[0] + computed, before[1] + waited
        folder = self.folder / str(PROCESS) / "task" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "schedstat").write_text(f"{round(on * 1e9)} {round(off * 1e9)} 5\n")
        (folder / "stat").write_text(f"{name} (python (3) R) {state} 1 2 3\n")

    def end(self, name: str) -> None:
        """A thread has ended."""
        folder = self.folder / str(PROCESS) / "task" / name
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()

    def runtime(self) -> Runtime:
        """From now on."""
        return Runtime(PROCESS, lambda: self.now)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """One on which nothing has happened."""
    monkeypatch.setattr(runtime, "PROCESSES", str(tmp_path))
    return Machine(tmp_path)


def seen(one: Runtime) -> tuple[float, float]:
    """The seconds that could be used, and those that were missed."""
    return round(one.seconds(), 6), round(one.missed, 6)


def test_who_sleeps_could_have_run(machine: Machine) -> None:
    """As one that hangs does."""
    machine.thread("1", computed=3.0, waited=9.0)
    one = machine.runtime()
    machine.now += 5.0

    assert seen(one) == (5.0, 0.0)


def test_where_no_system_tells_all_seconds_count(machine: Machine) -> None:
    """As they do for a process that has ended."""
    one = machine.runtime()
    machine.now += 5.0

    assert seen(one) == (5.0, 0.0)


def test_what_others_had_does_not_count(machine: Machine) -> None:
    """Whichever thread was kept waiting: the other one may have waited for that."""
    machine.thread("1")
    machine.thread("2")
    one = machine.runtime()
    machine.now += 5.0
    machine.thread("1", computed=0.5, waited=2.0)
    machine.thread("2", computed=0.1, waited=1.5)
    machine.thread("3", computed=0.1, waited=0.5)  # begun meanwhile

    assert seen(one) == (1.0, 4.0)


def test_a_wait_that_is_not_over_does_not_count_either(machine: Machine) -> None:
    """The system tells of it when it is over, and then it has been seen already."""
    machine.thread("1", state="R")
    one = machine.runtime()
    machine.now += 3.0
    first = seen(one)
    machine.now += 1.0
    machine.thread("1", computed=0.25, waited=3.5, state="R")
    second = seen(one)
    machine.now += 1.0
    machine.thread("1")

    assert (first, second, seen(one)) == ((0.0, 3.0), (0.5, 3.5), (1.5, 3.5))


def test_what_a_process_computes_counts(machine: Machine) -> None:
    """Many threads that compute for ever keep each other waiting, and are found out all the same."""
    for number in range(9):
        machine.thread(str(number))
    one = machine.runtime()
    machine.now += 2.0
    for number in range(9):
        machine.thread(str(number), computed=0.4, waited=1.6, state="R")

    assert seen(one) == (2.0, 0.0)


def test_a_thread_that_ends_takes_nothing_with_it(machine: Machine) -> None:
    """What was told of it before stays told."""
    machine.thread("1")
    machine.thread("2")
    one = machine.runtime()
    machine.now += 2.0
    machine.thread("2", waited=1.0)
    before = seen(one)
    machine.end("2")
    machine.now += 2.0

    assert (before, seen(one)) == ((1.0, 1.0), (3.0, 1.0))


@pytest.mark.parametrize(("seconds", "waited", "kept"), [(1.0, 0.5, True), (1.0, 0.2, False), (0.1, 0.09, False)])
def test_who_was_kept_long_may_be_late(machine: Machine, seconds: float, waited: float, kept: bool) -> None:
    """For much of the time, and for so long that somebody's patience may have ended meanwhile."""
    machine.thread("1")
    one = machine.runtime()
    machine.now += seconds
    machine.thread("1", waited=waited)

    assert one.kept is kept


def test_it_looks_now_and_then(machine: Machine) -> None:
    """Who polls asks a thousand times a second."""
    machine.thread("1")
    one = machine.runtime()
    machine.now += runtime.LOOK / 2
    assert seen(one) == (0.0, 0.0)
    machine.now += runtime.LOOK

    assert seen(one) == (1.5 * runtime.LOOK, 0.0)


def test_this_process_is_one() -> None:
    """It computes, and is told so, wherever a system tells."""
    one = Runtime()
    while one.seconds() < 2 * runtime.LOOK:
        pass

    assert one.missed >= 0


@pytest.mark.parametrize(("others_had_it", "silent_after"), [(0.0, 10), (0.5, 19), (1.0, None)])
def test_a_process_without_a_processor_is_not_silent(
    others_had_it: float, silent_after: int | None, machine: Machine
) -> None:
    """It can give no sign of life; what counts is the time that it could have used."""
    machine.thread("1")
    silence = Silence(PROCESS, lambda: machine.now)

    silent = []
    for second in range(40):
        silent += [second] if silence.longer_than(10.0) else []
        machine.now += 1.0
        machine.thread("1", waited=others_had_it)

    assert next(iter(silent), None) == silent_after
    silence.heard()
    assert not silence.longer_than(10.0)
