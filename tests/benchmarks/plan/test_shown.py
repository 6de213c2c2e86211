"""What is shown to alternatives as the time where the clock leaps, and to whom it is not."""

import sys
import time
from datetime import time as time_of_day
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from benchmarks.plan.shown import EPOCH, shown

CLOCKS = """
import datetime
import time
from datetime import datetime as date
from time import monotonic, perf_counter_ns as nanoseconds

class Throttle:
    pass

def reads():
    return time.monotonic(), time.perf_counter(), time.time(), time.monotonic_ns(), monotonic(), nanoseconds()

def dates():
    return date.utcnow(), date.now(datetime.UTC).replace(tzinfo=None), datetime.datetime.utcnow()
"""
SHOWN = (7.5, 7.5, 7.5, 7_500_000_000, 7.5, 7_500_000_000)


def module_of(source: str, name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of that name and source, which can be imported until the end of the test."""
    made = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, made)
    exec(source, vars(made))
    return made


def test_an_alternative_and_its_package_read_the_clock_that_leaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether they have bound a function, or the module; a package's inner modules, too."""
    inner = module_of(CLOCKS, "a_limiter.inner", monkeypatch)
    module_of("", "a_limiter", monkeypatch)
    stranger = module_of(CLOCKS, "a_stranger", monkeypatch)
    alternative = module_of(f"from a_limiter.inner import Throttle\n{CLOCKS}", "patterns.demo.one", monkeypatch)
    vars(alternative)["Throttle"] = inner.Throttle
    real = time.monotonic()

    with shown(alternative, lambda: 7.5):
        assert inner.reads() == SHOWN
        assert alternative.reads() == SHOWN
        assert alternative.dates() == (EPOCH + timedelta(seconds=7.5),) * 3
        assert isinstance(alternative.dates()[0], inner.date)
        assert inner.datetime.time is time_of_day
        assert stranger.reads()[0] >= real
        assert time.monotonic() >= real

    assert inner.reads()[0] >= real
    assert alternative.reads()[4] >= real
    assert alternative.date is alternative.datetime.datetime
