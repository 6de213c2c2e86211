"""pybreaker: `with breaker.calling()` around the await, which sees how the call ends.

Choose it when synchronous code shares the breaker, or its listeners and its state in Redis are in use already.
It costs the probe: everybody is let through when the recovery is over; `CancelledError` must be excluded by name, or
whoever hangs up counts as a failure, and what is excluded counts as a success.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from pybreaker import CircuitBreaker, CircuitBreakerError

T = TypeVar("T")

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("pybreaker>=1.4.1",)
KNOWN_FAILURES = (
    (
        "one_probe_at_a_time",
        "",
        "1.4.1: when the recovery is over, everybody is let through until one of them has ended",
    ),
    (
        "late_outcome_changes_nothing",
        "",
        "1.4.1: a call that began before the breaker opened and fails now opens it anew",
    ),
    ("cancelled_call_is_no_success", "", "1.4.1: what is excluded counts as a success"),
    ("who_gives_up_has_seen_a_failure", "", "1.4.1: what is excluded counts as a success, however long it took"),
    ("time_of_day_does_not_matter", "", "1.4.1: the recovery is measured by datetime.now"),
)

RejectedError = CircuitBreakerError


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self._breaker = CircuitBreaker(
            fail_max=failures,
            reset_timeout=recovery,
            exclude=[asyncio.CancelledError],
            throw_new_error_on_trip=False,  # the error of a call that was made is its own
        )

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        with self._breaker.calling():
            return await function()


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Breaker]:  # noqa: ARG001
    yield Breaker(failures, recovery)
