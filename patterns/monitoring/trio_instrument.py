"""`trio.abc.Instrument`: Trio tells when a task is made, takes a step, and has ended.

Choose it when the program runs on Trio and you want to know which task holds it up: each step is measured, and the task
is at hand.
It costs two calls for each step, or one for each task that is made and one for each that has ended; what is not defined
is not called. It tells when the step is over. An instrument that raises is logged, and removed for good.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import trio

log = logging.getLogger(__name__)


class Steps(trio.abc.Instrument):
    def __init__(self, tell: Callable[[float], object], longest: float) -> None:
        self._tell, self._longest = tell, longest
        self._began = time.monotonic()

    def before_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's signature
        self._began = time.monotonic()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's signature
        took = time.monotonic() - self._began
        if took >= self._longest:
            try:
                self._tell(took)
            except Exception:
                log.exception("nobody could be told that the loop was held up")


class Tasks(trio.abc.Instrument):
    def __init__(self) -> None:
        self.new: set[trio.lowlevel.Task] = set()
        self.started = self.ended = 0

    def task_spawned(self, task: trio.lowlevel.Task) -> None:
        self.started += 1
        self.new.add(task)

    def task_exited(self, task: trio.lowlevel.Task) -> None:
        if task in self.new:
            self.ended += 1
            self.new.remove(task)


@asynccontextmanager
async def stalls(tell: Callable[[float], object], longest: float) -> AsyncIterator[None]:
    steps = Steps(tell, longest)
    trio.lowlevel.add_instrument(steps)
    try:
        yield
    finally:
        trio.lowlevel.remove_instrument(steps)


@asynccontextmanager
async def tasks() -> AsyncIterator[Callable[[], tuple[int, int]]]:
    counting = Tasks()
    trio.lowlevel.add_instrument(counting)
    try:
        yield lambda: (counting.started, counting.ended)
    finally:
        trio.lowlevel.remove_instrument(counting)


# --- how it fits the contract ---

LIBRARY = "trio"
KNOWN_FAILURES = (("told_meanwhile", "", "a step is measured when it is over"),)
