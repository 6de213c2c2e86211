"""A trap: `except BaseException` in place of `except Exception`. Whoever hangs up has seen a failure.

Choose it when nobody ever hangs up, and no deadline is set outside of a call.
It costs a service that is well: a few browsers are closed while they wait, and everybody else is rejected.
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
        self._failed = 0
        self._until = 0.0

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if self._failed >= self._most and time.monotonic() < self._until:
            raise RejectedError("the breaker is open")
        try:
            result = await function()
        except BaseException:
            self._failed += 1
            if self._failed >= self._most:
                self._until = time.monotonic() + self._recovery
            raise
        self._failed = 0
        return result


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("cancelled_call_is_no_failure", "", "callers who leave are counted, and open it"),
    ("one_probe_at_a_time", "", "once the recovery is over, everybody is let through until one of them has failed"),
    ("late_outcome_changes_nothing", "", "a success of any time starts the count anew, and so closes it"),
    ("cancelled_call_is_no_success", "", "callers who leave are counted, and open it"),
    ("who_gives_up_has_seen_a_failure", "", "it counts who gives up early, too"),
)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:  # noqa: ARG001
    yield Breaker(failures, recovery)
