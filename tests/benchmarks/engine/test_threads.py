"""Threads that somebody should have ended are named; those that end by themselves, or are kept for reuse, are not."""

import threading
from collections.abc import Iterator

import pytest

from benchmarks.engine.threads import left_running


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What threads of a test wait for, which is let go on at its end."""
    event = threading.Event()
    yield event
    event.set()


def test_a_thread_that_stays_is_named(gate: threading.Event) -> None:
    """One that was there before is not."""
    known = set(threading.enumerate())
    stays = threading.Thread(target=gate.wait, name="stays", daemon=True)
    stays.start()

    assert left_running(known) == ["stays"]
    assert left_running({*known, stays}) == []


@pytest.mark.parametrize("name", ["Trio thread 3", "trial asker"])
def test_what_is_kept_for_reuse_or_belongs_to_a_trial_is_nobodys(gate: threading.Event, name: str) -> None:
    """Trio keeps idle threads for ten seconds; a trial ends its own."""
    known = set(threading.enumerate())
    threading.Thread(target=gate.wait, name=name, daemon=True).start()

    assert left_running(known) == []


def test_a_thread_that_is_about_to_end_is_waited_for() -> None:
    """Whoever told it to end has not joined it."""
    known = set(threading.enumerate())
    ends = threading.Event()

    class Ending(threading.Thread):
        def join(self, timeout: float | None = None) -> None:
            ends.set()
            super().join(timeout)

    Ending(target=ends.wait, name="ends").start()

    assert left_running(known) == []
