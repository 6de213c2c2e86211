"""Waiting for what turns alone do not bring: it ends as soon as that has come, and does come to an end without it."""

import threading
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

import patterns
from benchmarks.plan.backends import BACKENDS
from benchmarks.safety import waiting
from benchmarks.safety.trials import Trial, set_in_time
from benchmarks.safety.waiting import after_turns, ended_in_time, in_time

ONE = patterns.alternatives("locks")[0]
LOOPS = ("asyncio", "trio")


def waited(loop: str, wait: Callable[[Trial], Awaitable[bool]]) -> bool:
    """What a trial was told at the end of its wait; its units are milliseconds of real time."""
    told: list[bool] = []

    async def main() -> None:
        told.append(await wait(Trial(ONE, BACKENDS[loop], 0, unit=0.001)))

    BACKENDS[loop].run(main, 0)
    return told[0]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("comes", [True, False])
def test_a_thread_has_real_time(loop: str, comes: bool) -> None:
    """One that works beside the loop gets on while the trial waits for it."""
    begun, looks = threading.Event(), [0]

    def work() -> None:
        begun.wait()

    def happened() -> bool:
        looks[0] += 1
        if looks[0] == 3:
            begun.set()
        return comes and not thread.is_alive()

    thread = threading.Thread(target=work)
    thread.start()

    assert waited(loop, lambda trial: in_time(trial, happened, 30.0 if comes else 0.05)) == comes
    begun.set()
    thread.join()


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(("comes_at", "comes"), [(1, True), (13, True), (16, True), (17, False)])
def test_timers_come_after_turns(loop: str, comes_at: int, comes: bool) -> None:
    """Ten turns and a last look, then five timers: whoever looks now and then is waited for."""
    looks = [0]

    def happened() -> bool:
        looks[0] += 1
        return looks[0] == comes_at

    assert waited(loop, partial(after_turns, happened=happened, turns=10, timers=5)) == comes


class Told:
    """What the system tells: of each look, that others had the processor for nine tenths of a second."""

    def __init__(self) -> None:
        """Nobody has looked."""
        self.looks = 0

    def seconds(self) -> float:
        """What was left."""
        self.looks += 1
        return self.looks / 10


def test_what_others_had_is_no_time_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is waited for could not use it; and whoever hangs is given up all the same."""
    made: list[Told] = []

    def runtime() -> Told:
        made.append(Told())
        return made[-1]

    monkeypatch.setattr("benchmarks.plan.runtime.Runtime", runtime)
    monkeypatch.setattr(waiting, "Runtime", runtime)
    gate = threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()

    assert not set_in_time(threading.Event(), 0.5)
    assert not ended_in_time(thread, 0.5)
    assert not waited("asyncio", lambda trial: in_time(trial, lambda: False, 0.5))
    assert [told.looks for told in made] == [5, 5, 5]
    gate.set()
    assert set_in_time(gate, 0.5)
    assert ended_in_time(thread, 60.0)
    assert waited("asyncio", lambda trial: in_time(trial, lambda: True, 0.5))
