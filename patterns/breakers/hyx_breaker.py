"""hyx: `consecutive_breaker`, which asks for some successes before it closes.

Choose it when its retries, timeouts and bulkheads are in use beside it, all of one make.
It costs the probe: everybody is let through when the recovery is over, and a call of any time is counted in whatever
state it finds. There has been no release since 2023.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from hyx.circuitbreaker import consecutive_breaker
from hyx.circuitbreaker.exceptions import BreakerFailing

T = TypeVar("T")

LIBRARY = "any"
KIND = "package"
REQUIRES = ("hyx>=0.0.2",)
KNOWN_FAILURES = (
    (
        "one_probe_at_a_time",
        "",
        "0.0.2: when the recovery is over, everybody is let through until one of them has ended",
    ),
    ("late_outcome_changes_nothing", "", "0.0.2: an outcome of any time is told to the state that is there now"),
    ("cancelled_call_is_no_success", "", "0.0.2: leaving its context by a cancellation counts as a success"),
    (
        "who_gives_up_has_seen_a_failure",
        "",
        "0.0.2: leaving its context by a cancellation counts as a success, however long it took",
    ),
    ("time_of_day_does_not_matter", "", "0.0.2: the recovery is measured by datetime.utcnow"),
)

RejectedError = BreakerFailing


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self._breaker = consecutive_breaker(
            failure_threshold=failures, recovery_time_secs=recovery, recovery_threshold=1
        )

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        async with self._breaker:
            return await function()


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Breaker]:  # noqa: ARG001
    yield Breaker(failures, recovery)
