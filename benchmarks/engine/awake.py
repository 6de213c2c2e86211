"""A process that keeps a core from falling asleep while workers wait for timers.

A core that idles between two timers clocks down and, on a virtual machine, is handed back to the host: the next few
microseconds of work then cost half as much again, or twice as much, at random. This process spins in the class of
those that run only when nobody else wants to, so that it takes nothing from a worker.
"""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from benchmarks.engine import guard


@contextmanager
def kept_awake(wanted: bool) -> Iterator[int | None]:
    """Spin beside what is done inside; yields the process's id, or None where it is not wanted or not possible."""
    if not (wanted and hasattr(os, "SCHED_IDLE")):
        yield None
        return
    process = multiprocessing.get_context("fork").Process(target=_spin, args=(os.getpid(),), daemon=True)
    process.start()
    try:
        yield process.pid
    finally:
        process.kill()
        process.join()


def _spin(parent: int) -> NoReturn:
    guard.die_with(parent)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    while True:
        pass
