"""Closed, open, half-open: a count, a moment, and a number that tells periods apart.

Choose it when a service must not be flooded as it comes back, and nothing is to be installed: one call probes, and what
began before the breaker changed its mind is not counted.
It costs forty lines to copy. Who gives up on a call that hangs is not counted: set the deadline inside the call.
"""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class RejectedError(Exception):
    """The call was not made."""


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self._most, self._recovery = failures, recovery
        self._failed = 0  # in a row
        self._state = "closed"
        self._until = 0.0
        self._period = 0  # of being open or closed: what began in another one does not count

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if self._state == "half-open" or (self._state == "open" and time.monotonic() < self._until):
            raise RejectedError(f"the breaker is {self._state}")
        if self._state == "open":
            self._state = "half-open"
        period = self._period
        try:
            result = await function()
        except Exception:
            if period == self._period:
                self._count()
            raise
        except BaseException:  # cancelled: neither one nor the other
            if period == self._period and self._state == "half-open":
                self._state = "open"  # its recovery is over: the next one probes
            raise
        if period == self._period:
            self._failed = 0
            if self._state == "half-open":
                self._change("closed")
        return result

    def _count(self) -> None:
        self._failed += 1
        if self._failed >= self._most:
            self._until = time.monotonic() + self._recovery
            self._change("open")

    def _change(self, state: str) -> None:
        self._state = state
        self._period += 1


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("who_gives_up_has_seen_a_failure", "", "a cancelled call is counted as neither, however long it took"),
)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:  # noqa: ARG001
    yield Breaker(failures, recovery)
