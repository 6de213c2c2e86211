"""The workers of a launch, seen from the process that passes the turn: who still plays, and why others do not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.engine import guard
from benchmarks.engine.memory import Scales
from benchmarks.engine.patience import CLOCK, SLICE, no_look
from benchmarks.plan.runtime import Silence
from results.suite import State


@dataclass(frozen=True, slots=True)
class Failure:
    """A variant that gave no number, and why; ``seconds`` is one loop's time where it was merely too slow."""

    label: str
    state: State
    reason: str
    seconds: float | None = None


class FailedError(Exception):
    """A worker gave up, died or went silent."""

    def __init__(self, state: State, reason: str) -> None:
        """Keep the two apart: the record stores them apart."""
        super().__init__(reason)
        self.state: State = state
        self.reason = reason


@dataclass
class Seat:
    """A worker and the connection to it; ``look_around`` looks after all workers of the launch."""

    label: str
    process: guard.Process
    connection: Connection
    limit: float
    scales: Scales
    look_around: Callable[[], None] = no_look

    def receive(self, kind: str, limit: float | None = None) -> Any:
        """The payload of the next message, which must be of that kind; raises FailedError otherwise."""
        wait = self.limit if limit is None else limit
        silence = Silence(self.process.pid or 0, CLOCK.now)
        try:
            while not CLOCK.wait(self.connection.poll, min(SLICE, wait), self._look):
                if silence.longer_than(wait):
                    raise FailedError("hung", f"no answer within {wait:g} s")
            got, payload = self.connection.recv()
        except (EOFError, ConnectionError):
            raise FailedError("died", self._ending()) from None
        if self.scales.tip():
            raise FailedError("died", self.scales.reason)
        if got == "failed":
            raise FailedError(*payload)
        if got != kind:
            raise FailedError("died", f"it sent {got!r} where {kind!r} was due")
        return payload

    def send(self, message: object) -> None:
        """Tell the worker something; a dead one is noticed at the next ``receive``."""
        try:
            self.connection.send(message)
        except OSError:
            raise FailedError("died", self._ending()) from None

    def _look(self) -> None:
        """What may have happened: nobody waits for this any more, a worker eats memory, or it has died unheard."""
        guard.end_if_orphaned()
        self.look_around()
        if self.process.exitcode is not None and not self.connection.poll(0):
            raise FailedError("died", self._ending())

    def _ending(self) -> str:
        guard.ended(self.process, 1)
        if self.scales.tipped:
            return self.scales.reason
        code = self.process.exitcode
        if code is None:
            return "it closed its connection"
        return f"killed by signal {-code}" if code < 0 else f"the process exited with code {code}"

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        self.connection.close()
        guard.end(self.process, 0.05)


class Table:
    """The workers of a launch; one that fails leaves it, the others play on. Nothing that they started outlives it."""

    def __init__(self, seats: list[Seat], others: set[int]) -> None:
        """All seats are taken at first; ``others`` are the children of this process that sit on none."""
        self.seats = {seat.label: seat for seat in seats}
        for seat in seats:
            seat.look_around = self._look
        self._known = others | {seat.process.pid for seat in seats if seat.process.pid}
        self.failures: list[Failure] = []

    def each(self, action: Callable[[Seat], Any], order: Iterable[str] | None = None) -> dict[str, Any]:
        """Do something with every worker, one after another; those that fail are dismissed with their reason."""
        results = {}
        for label in list(self.seats) if order is None else list(order):
            try:
                results[label] = action(self.seats[label])
            except FailedError as error:
                self.dismiss(Failure(label, error.state, error.reason))
        return results

    def processes(self, *others: int | None) -> list[int]:
        """The ids of all workers, and of those others that there are."""
        return [one for one in (*others, *(seat.process.pid for seat in self.seats.values())) if one]

    def _look(self) -> None:
        """End whoever uses too much memory; that is noticed when it should answer."""
        for seat in self.seats.values():
            if seat.scales.tip(alone=False):
                guard.end(seat.process, 0)

    def dismiss(self, failure: Failure) -> None:
        """Take a variant out of the launch."""
        self._end(self.seats.pop(failure.label))
        self.failures.append(failure)

    def close(self) -> None:
        """End every worker."""
        self._end(*self.seats.values())

    def _end(self, *seats: Seat) -> None:
        for seat in seats:
            seat.close()
        guard.end_strays(self._known)
