"""A seat: what is heard of a worker, and when nobody waits for it any more."""

from collections.abc import Callable
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.engine import table
from benchmarks.engine.memory import Scales
from benchmarks.engine.patience import Clock
from benchmarks.engine.table import FailedError, Seat
from benchmarks.plan import runtime


class Told(Clock):
    """A clock on which a wait takes all of its time; somebody is told what it shows each time."""

    def __init__(self, tell: Callable[[float], object]) -> None:
        """It shows zero."""
        super().__init__()
        self._tell, self._shows = tell, 0.0

    def now(self) -> float:
        """Seconds since it was made."""
        return self._shows

    def wait(self, heard: Callable[[float], bool], seconds: float, look: Callable[[], None] = lambda: None) -> bool:
        """Whether something was heard by then."""
        self._shows += seconds
        self._tell(self._shows)
        look()
        return heard(0)


@pytest.mark.parametrize(("others_had_it", "is_heard"), [(0.0, False), (0.5, False), (0.9, True)])
def test_a_worker_without_a_processor_does_not_hang(
    others_had_it: float, is_heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers after five seconds, where one was given to it."""
    ours, theirs = Pipe()

    def answer(now: float) -> None:
        if now >= 5.0 and not ours.poll(0):
            theirs.send(("looked", 7))

    clock = Told(answer)

    class Shares:
        """What the system tells of its process."""

        def __init__(self, process: int, clock: Callable[[], float]) -> None:  # noqa: ARG002  there is one
            self._clock, self._began = clock, clock()

        def seconds(self) -> float:
            """So far."""
            return (self._clock() - self._began) * (1 - others_had_it)

    monkeypatch.setattr(table, "CLOCK", clock)
    monkeypatch.setattr(runtime, "Runtime", Shares)
    process = cast("Any", SimpleNamespace(pid=4711, exitcode=None))
    seat = Seat("a@asyncio", process, ours, 1.0, Scales(None, 0))

    if is_heard:
        assert seat.receive("looked") == 7
    else:
        with pytest.raises(FailedError, match="no answer within 1 s"):
            seat.receive("looked")
