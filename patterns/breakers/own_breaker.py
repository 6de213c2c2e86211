"""Our own breaker: one probe, outcomes of their own period, and callers who give up on what hangs.

Choose it when many calls are under way at once, and some of them under deadlines of their callers: it runs on any loop,
and imports none.
It costs one class to copy. A call that its caller gives up early says nothing; one that was given up after `patience`
seconds has failed, so that a service which hangs is seen even where nobody waits until it fails.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


class RejectedError(Exception):
    """The call was not made."""


class Breaker:
    __slots__ = ("_failed", "_is_open", "_most", "_patience", "_period", "_probing", "_recovery", "_until")

    def __init__(self, failures: int, recovery: float, patience: float) -> None:
        self._most, self._recovery, self._patience = failures, recovery, patience
        self._failed = 0  # in a row
        self._is_open = self._probing = False
        self._until = 0.0  # the moment from which it may be probed
        self._period = 0  # of being open or closed: what began in another one does not count

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if self._is_open:
            if self._probing or monotonic() < self._until:
                raise RejectedError("what is asked is down")
            self._probing = True
        period, began = self._period, monotonic()
        try:
            result = await function()
        except Exception:
            if period == self._period:
                self._fail()
            raise
        except BaseException:  # cancelled, by whomever: it has failed if it took too long, and else said nothing
            if period == self._period:
                if monotonic() - began >= self._patience:
                    self._fail()
                else:
                    self._probing = False
            raise
        if self._failed and period == self._period:  # it is closed and counts, or this was the probe
            self._failed = 0
            if self._is_open:
                self._turn(is_open=False)
        return result

    def _fail(self) -> None:
        self._failed += 1
        if self._failed >= self._most:
            self._until = monotonic() + self._recovery
            self._turn(is_open=True)

    def _turn(self, *, is_open: bool) -> None:
        self._is_open, self._probing = is_open, False
        self._period += 1


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "any"
KIND = "own"


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:
    yield Breaker(failures, recovery, patience)
