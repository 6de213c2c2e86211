"""Which core a launch runs on: one for all of its workers, wherever the system can do that."""

import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def sharing_one_core(workers: Iterable[int], order: random.Random) -> Iterator[None]:
    """Keep the workers and their parent on one core, drawn anew for each launch, where the system can do that.

    Cores of a shared machine are not equally fast at any moment: left to the scheduler, a variant is compared with one
    that ran elsewhere. Only one of them runs at a time, so sharing a core costs nothing.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    everywhere = os.sched_getaffinity(0)
    core = {order.choice(sorted(everywhere))}
    processes = [0, *workers]
    _bind(processes, core)
    try:
        yield
    finally:
        _bind(processes, everywhere)


def _bind(processes: Iterable[int], cores: set[int]) -> None:
    """Bind each with the threads that it has: the system binds one at a time, and new ones where their maker is."""
    for process in processes:
        for thread in _threads(process or os.getpid()):
            with suppress(ProcessLookupError):  # one that died in its turn has left already
                os.sched_setaffinity(thread, cores)


def _threads(process: int) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):  # it has ended, or nobody says which there are
        return [int(entry.name) for entry in Path(f"/proc/{process}/task").iterdir()]
    return [process]
