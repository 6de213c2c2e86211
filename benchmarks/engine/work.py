"""Counts of work: what a workload asks its loop to do. They are exact, and the same on any machine.

On asyncio's loops the methods that schedule are replaced while it is counted; Trio tells an instrument.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import trio

from benchmarks.plan.backends import Backend

TURNS, CALLBACKS, TASKS, FUTURES = "turns of the loop", "callbacks scheduled", "tasks made", "futures made"
ARMED, LEFT = "timers armed", "timers left"
STEPS, CHECKPOINTS = "task steps", "checkpoints that let others run"


@contextmanager
def counting(backend: Backend, counts: Counter[str], *, waits: bool) -> Iterator[None]:
    """Count what is scheduled on the running loop of a backend, from here to the end of the block.

    Turns are not counted on asyncio's loops where a workload ``waits`` for timers: counting them keeps the loop awake,
    and a clock that leaps when there is nothing to do would never leap.
    """
    if backend.library == "trio":
        names, count = (TURNS, STEPS, CHECKPOINTS, TASKS), _on_trio
    else:
        names, count = (*(() if waits else (TURNS,)), CALLBACKS, TASKS, FUTURES, ARMED, LEFT), _on_asyncio
    seen: Counter[str] = Counter()
    with count(seen, waits):
        yield
    counts.update({name: seen[name] for name in names})


class _Timers:
    """The timers that were armed: which of them have neither run nor been cancelled."""

    def __init__(self) -> None:
        self._open: list[tuple[Any, list[bool]]] = []

    def armed(
        self, arm: Callable[..., Any], when: float, callback: Callable[..., object], *args: Any, **how: Any
    ) -> Any:
        """Arm one, as the loop would."""
        ran = [False]

        def run(*given: Any) -> None:
            ran[0] = True
            callback(*given)

        handle = arm(when, run, *args, **how)
        self._open.append((handle, ran))
        return handle

    @property
    def left(self) -> int:
        """How many wait for their moment."""
        return sum(not (ran[0] or handle.cancelled()) for handle, ran in self._open)


@contextmanager
def _on_asyncio(seen: Counter[str], waits: bool) -> Iterator[None]:
    """Both loops look their own methods up when they are asked, also by tasks and futures written in C."""
    loop: Any = asyncio.get_running_loop()
    timers = _Timers()
    call_soon, inside = loop.call_soon, [False]

    def counted(name: str) -> Callable[..., Any]:
        method = getattr(loop, name)

        def call(*args: Any, **how: Any) -> Any:
            seen[NAMES[name]] += 1
            return method(*args, **how)

        return call

    def timer(name: str) -> Callable[..., Any]:
        method = getattr(loop, name)

        def call(when: float, callback: Callable[..., object], *args: Any, **how: Any) -> Any:
            if inside[0]:  # one of the two asks the other, which one depends on the loop
                return method(when, callback, *args, **how)
            inside[0] = True
            try:
                seen[ARMED] += 1
                return timers.armed(method, when, callback, *args, **how)
            finally:
                inside[0] = False

        return call

    def turn() -> None:
        seen[TURNS] += 1
        next_turn[0] = call_soon(turn)

    replaced = {name: counted(name) for name in NAMES} | {name: timer(name) for name in ("call_later", "call_at")}
    next_turn = [] if waits else [call_soon(turn)]
    vars(loop).update(replaced)
    try:
        yield
    finally:
        for name in replaced:
            delattr(loop, name)
        for handle in next_turn:
            handle.cancel()
        seen[LEFT] = timers.left


NAMES = {
    "call_soon": CALLBACKS,
    "call_soon_threadsafe": CALLBACKS,
    "create_task": TASKS,
    "create_future": FUTURES,
}


class _Instrument(trio.abc.Instrument):
    """Counts what Trio tells of tasks and turns."""

    def __init__(self, seen: Counter[str]) -> None:
        self.seen = seen

    def before_io_wait(self, timeout: float) -> None:  # noqa: ARG002  Trio's name for it
        """A turn ends."""
        self.seen[TURNS] += 1

    def before_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's name for it
        """A task goes on."""
        self.seen[STEPS] += 1

    def after_task_step(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's name for it
        """It lets others run, unless it has ended."""
        self.seen[CHECKPOINTS] += 1

    def task_exited(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's name for it
        """It has ended in its step."""
        self.seen[CHECKPOINTS] -= 1

    def task_spawned(self, task: trio.lowlevel.Task) -> None:  # noqa: ARG002  Trio's name for it
        """A task begins."""
        self.seen[TASKS] += 1


@contextmanager
def _on_trio(seen: Counter[str], waits: bool) -> Iterator[None]:  # noqa: ARG001  turns are told, whatever one waits for
    instrument = _Instrument(seen)
    trio.lowlevel.add_instrument(instrument)
    try:
        yield
    finally:
        trio.lowlevel.remove_instrument(instrument)
