"""The clocks of a trial: whoever reads a date reads virtual time, too."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.plan.backends import BACKENDS
from benchmarks.safety.clocks import EPOCH, clocks
from benchmarks.safety.trials import Trial

NAME = "planted_clock_reader"
SOURCE = """
import datetime
import time
from datetime import datetime as date
from time import monotonic

def reads():
    return monotonic(), date.utcnow().timestamp(), datetime.datetime.now(datetime.UTC).timestamp(), time.time()
"""
HALF_A_DAY = 43_200.0


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_every_clock_shows_virtual_time(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions of ``time``, and dates by the class and by the module; the time of day can be set."""
    reader: Any = ModuleType(NAME)
    monkeypatch.setitem(sys.modules, NAME, reader)
    exec(SOURCE, vars(reader))
    loop = BACKENDS[backend]
    trial = Trial(cast("Any", SimpleNamespace(module=NAME, imports=())), loop, seed=0)

    async def main() -> tuple[list[float], list[float], Any]:
        with clocks(trial) as clock:
            first = list(reader.reads())
            await trial.sleep(HALF_A_DAY)
            passed = [later - earlier for earlier, later in zip(first, reader.reads(), strict=True)]
            clock.jump = 7.0
            return passed, [later - earlier for earlier, later in zip(first, reader.reads(), strict=True)], first

    passed, jumped, first = (loop.run_virtual or loop.run)(main, 0)

    assert passed == pytest.approx([HALF_A_DAY] * 4, abs=0.1)
    assert jumped == pytest.approx([HALF_A_DAY, *[HALF_A_DAY + 7.0] * 3], abs=0.1)
    assert first[3] >= EPOCH


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_time_creeps_where_somebody_looks_in_every_turn_and_then_hurries(backend: str) -> None:
    """How often somebody looks is known soon; a second of it must not make the trial seem hung."""
    loop = BACKENDS[backend]
    trial = Trial(cast("Any", SimpleNamespace(module=NAME, imports=())), loop, seed=0)

    async def main() -> list[int]:
        turns = []
        with clocks(trial):
            began = trial.now()
            for seconds in (0.005, 1.0):
                looks = 0
                while trial.now() < began + seconds:
                    looks += 1
                    await trial.hop()
                turns.append(looks)
        return turns

    soon, later = (loop.run_virtual or loop.run)(main, 0)

    assert soon > 1000
    assert later < 10_000


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_time_passes_in_a_turn_that_takes_long(backend: str) -> None:
    """No timer is seen to meanwhile, and the one that was due is late by the rest of the turn."""
    loop = BACKENDS[backend]
    trial = Trial(cast("Any", SimpleNamespace(module=NAME, imports=())), loop, seed=0)

    async def main() -> tuple[float, list[float]]:
        woken: list[float] = []
        with clocks(trial) as clock:
            began = trial.now()

            async def sleep() -> None:
                await trial.sleep(2.0)
                woken.append(trial.now() - began)

            async with trial.crew() as crew:
                sleeper = crew.start(sleep)
                await trial.sleep(1.5)
                clock.compute(3.0)
                passed, before = trial.now() - began, len(woken)
                await trial.ended(sleeper)
        assert before == 0
        return passed, woken

    passed, woken = (loop.run_virtual or loop.run)(main, 0)

    assert passed == pytest.approx(4.5, abs=0.1)
    assert woken == pytest.approx([4.5], abs=0.1)
