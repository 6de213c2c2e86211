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
