"""purgatory: `AsyncCircuitBreakerFactory`, named breakers with hooks, and a state that Redis may hold.

Choose it when there are many services, each with a breaker by its name, and hooks must hear of every change.
It costs a lookup and several coroutines per call, and the probe: everybody is let through when the recovery is over;
`CancelledError` must be excluded by name, or whoever hangs up counts as a failure.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

T = TypeVar("T")

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("purgatory>=3.0.1",)
KNOWN_FAILURES = (
    (
        "what_is_rejected_is_forgotten",
        "",
        "3.0.1: the open state is the exception, one for all who are rejected; its traceback grows, and keeps frames",
    ),
    (
        "one_probe_at_a_time",
        "",
        "3.0.1: when the recovery is over, everybody is let through until one of them has ended",
    ),
    ("late_outcome_changes_nothing", "", "3.0.1: an outcome of any time is told to the state that is there now"),
    ("cancelled_call_is_no_success", "", "3.0.1: what is excluded counts as a success"),
    ("who_gives_up_has_seen_a_failure", "", "3.0.1: what is excluded counts as a success, however long it took"),
    ("time_of_day_does_not_matter", "", "3.0.1: the recovery is measured by time.time"),
)

RejectedError = OpenedState


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self._breakers = AsyncCircuitBreakerFactory(failures, recovery, exclude=[asyncio.CancelledError])

    async def call(self, function: Callable[[], Awaitable[T]]) -> T:
        async with await self._breakers.get_breaker("the service"):
            return await function()


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Breaker]:  # noqa: ARG001
    yield Breaker(failures, recovery)
