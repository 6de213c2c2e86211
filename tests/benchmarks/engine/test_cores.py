"""A launch keeps to one core, with all of its threads."""

import os
import random
import threading
from pathlib import Path

import pytest

from benchmarks.engine.cores import sharing_one_core

THREADS = Path("/proc/self/task")
pytestmark = pytest.mark.skipif(not THREADS.is_dir(), reason="nobody says which threads there are")


def bound() -> set[frozenset[int]]:
    """The cores of each thread of this process."""
    return {frozenset(os.sched_getaffinity(int(entry.name))) for entry in THREADS.iterdir()}


def test_threads_that_were_there_before_share_the_core() -> None:
    """Else a pool that was opened before the rounds has a core of its own, and uses more than there is of one."""
    everywhere = frozenset(os.sched_getaffinity(0))
    over = threading.Event()
    before = threading.Thread(target=over.wait)
    before.start()
    try:
        with sharing_one_core([os.getpid()], random.Random(0)):
            (core,) = bound()
        after = bound()
    finally:
        over.set()
        before.join()

    assert len(core) == 1
    assert after == {everywhere}


def test_who_has_ended_is_left_alone() -> None:
    """A worker may die in its turn."""
    with sharing_one_core([2**22 + 1], random.Random(0)):
        pass
