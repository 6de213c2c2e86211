"""Threads that were not there before, and that somebody should have ended."""

import threading
from collections.abc import Collection

from benchmarks.plan.runtime import LOOK, waited_for

JOIN = 0.2  # seconds in which threads that are already ending may end, unless others have the processor
# How the names of threads begin that are nobody's leftovers: a trial's own, and those that Trio keeps idle for reuse.
EXPECTED = ("trial", "Trio thread")


def left_running(known: Collection[threading.Thread]) -> list[str]:
    """The names of threads that are not among these, and do not end by themselves soon."""
    new = [thread for thread in threading.enumerate() if thread not in known and not thread.name.startswith(EXPECTED)]

    def join_one() -> None:
        next((thread for thread in new if thread.is_alive()), new[0]).join(LOOK)

    waited_for(lambda: not any(thread.is_alive() for thread in new), JOIN, join_one)
    return [thread.name for thread in new if thread.is_alive()]
