"""interlock-cb: `CircuitBreaker`, a rate over a window of calls, few probes, and no late outcomes.

Choose it when threads and coroutines share a breaker, or slow calls must open it, too: it is typed, counts a probe that
was cancelled as none, and drops what began before a change.
It costs microseconds per call. Who gives up on a call that hangs is not counted: set the deadline inside the call.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from interlock import CircuitBreaker, CircuitOpenError, Config

T = TypeVar("T")

LIBRARY = "any"
KIND = "package"
REQUIRES = ("interlock-cb>=2.8.2",)
KNOWN_FAILURES = (
    ("who_gives_up_has_seen_a_failure", "", "2.8.2: a cancelled call gives its place back, and is never counted"),
)

RejectedError = CircuitOpenError


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self._breaker = CircuitBreaker(
            name="the service",
            config=Config(
                window_size=failures,  # all of the last calls have failed: as many in a row
                minimum_number_of_calls=failures,
                failure_rate_threshold=1.0,
                wait_duration_in_open=recovery,
                permitted_calls_in_half_open=1,
                max_concurrent_probes=1,
            ),
        )

    def call(self, function: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        return self._breaker.call_async(function)


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Breaker]:  # noqa: ARG001
    yield Breaker(failures, recovery)
