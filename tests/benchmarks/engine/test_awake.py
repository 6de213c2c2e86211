"""The process that keeps a core awake: of the lowest class, and gone with what it was wanted for."""

import os

import psutil
import pytest

from benchmarks.engine.awake import kept_awake

pytestmark = pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="this system has no such class")


def test_it_runs_only_when_nobody_else_wants_to() -> None:
    """Its class is set by itself, a moment after it is born."""
    with kept_awake(True) as spinning:
        assert spinning is not None
        while os.sched_getscheduler(spinning) != os.SCHED_IDLE:
            assert psutil.Process(spinning).status() != psutil.STATUS_ZOMBIE
    assert not psutil.pid_exists(spinning)


def test_it_ends_when_what_it_was_wanted_for_fails() -> None:
    """Whatever the reason."""
    waiting = kept_awake(True)
    spinning = waiting.__enter__()
    assert not waiting.__exit__(KeyError, KeyError(), None)
    assert spinning is not None
    assert not psutil.pid_exists(spinning)


def test_nobody_spins_where_nobody_waits() -> None:
    """Workloads that keep the processor busy need no company."""
    before = psutil.Process().children()
    with kept_awake(False) as spinning:
        assert spinning is None
        assert psutil.Process().children() == before
