"""aiobreaker: `CircuitBreaker.call_async`, with listeners, and a state that Redis may hold.

Choose it when listeners must hear of every change, or several processes share one state.
It costs the probe: everybody is let through when the recovery is over; and the caller whose call opens the breaker is
told that it was rejected, with its own error as the cause.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

from aiobreaker import CircuitBreaker, CircuitBreakerError

T = TypeVar("T")

LIBRARY = "any"
KIND = "package"
REQUIRES = ("aiobreaker>=1.2.0",)
KNOWN_FAILURES = (
    (
        "one_probe_at_a_time",
        "",
        "1.2.0: when the recovery is over, everybody is let through until one of them has ended",
    ),
    (
        "late_outcome_changes_nothing",
        "",
        "1.2.0: a call that began before the breaker opened and fails now opens it anew",
    ),
    (
        "rejected_means_not_made",
        "",
        "1.2.0: who opens it gets CircuitBreakerError; the error of the call is only its cause",
    ),
    ("who_gives_up_has_seen_a_failure", "", "1.2.0: a cancelled call is counted as neither, however long it took"),
    ("time_of_day_does_not_matter", "", "1.2.0: the recovery is measured by datetime.utcnow"),
)

RejectedError = CircuitBreakerError


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self._breaker = CircuitBreaker(fail_max=failures, timeout_duration=timedelta(seconds=recovery))

    def call(self, function: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        made: Awaitable[T] = self._breaker.call_async(function)
        return made


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Breaker]:  # noqa: ARG001
    yield Breaker(failures, recovery)
