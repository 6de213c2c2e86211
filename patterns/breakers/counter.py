"""A count of failures and a moment: the breaker that most people write; and a counting bulkhead.

Choose it when calls come one after the other: twenty lines, nothing to install, nothing of any library.
It costs the probe: once the recovery is over everybody is let through until one of them has failed, and a slow call
that succeeds at last closes what others have opened.
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
        self._until = 0.0

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if self._failed >= self._most and time.monotonic() < self._until:
            raise RejectedError("the breaker is open")
        try:
            result = await function()
        except Exception:
            self._failed += 1
            if self._failed >= self._most:
                self._until = time.monotonic() + self._recovery
            raise
        self._failed = 0
        return result


class Bulkhead:
    def __init__(self, limit: int) -> None:
        self._free = limit

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if not self._free:
            raise RejectedError("the bulkhead is full")
        self._free -= 1
        try:
            return await function()
        finally:
            self._free += 1


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "any"
KIND = "idiom"
KNOWN_FAILURES = (
    ("one_probe_at_a_time", "", "once the recovery is over, everybody is let through until one of them has failed"),
    ("late_outcome_changes_nothing", "", "a success of any time starts the count anew, and so closes it"),
    ("who_gives_up_has_seen_a_failure", "", "a cancelled call is counted as neither, however long it took"),
)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:  # noqa: ARG001
    yield Breaker(failures, recovery)


@asynccontextmanager
async def bulkhead(limit: int) -> AsyncIterator[Gate]:
    yield Bulkhead(limit)
