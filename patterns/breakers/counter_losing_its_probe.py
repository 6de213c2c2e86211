"""A trap: a half-open flag that stays when the caller who probes hangs up.

Choose it when nobody ever hangs up, and no deadline is set outside of a call; it is what one writes first.
It costs the service: the caller who probes is cancelled, the flag stays, and no call is made again until a restart.
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
        self._half_open = False

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        if self._failed >= self._most:
            if self._half_open or time.monotonic() < self._until:
                raise RejectedError("the breaker is open")
            self._half_open = True
        try:
            result = await function()
        except Exception:
            self._failed += 1
            if self._failed >= self._most:
                self._until = time.monotonic() + self._recovery
            self._half_open = False
            raise
        self._failed = 0
        self._half_open = False
        return result


# --- how it fits the contract ---

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from patterns.breakers import Gate

LIBRARY = "any"
KIND = "trap"
KNOWN_FAILURES = (
    ("probe_makes_room", "", "a probe that is cancelled leaves its flag behind, and nobody is let through again"),
    ("late_outcome_changes_nothing", "", "a success of any time starts the count anew, and so closes it"),
    ("cancelled_call_is_no_success", "", "after a probe that was cancelled no call is made at all"),
    ("who_gives_up_has_seen_a_failure", "", "a cancelled call is counted as neither, however long it took"),
)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Gate]:  # noqa: ARG001
    yield Breaker(failures, recovery)
