"""circuitbreaker: `CircuitBreaker`, a decorator that counts failures in a row.

Choose it when one decorator for functions, coroutine functions and generators is wanted, and calls come one by one.
It costs the probe: everybody is let through when the recovery is over, and whoever ends without an `Exception` closes
it, be it a slow call of long ago or a caller who hung up.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from circuitbreaker import CircuitBreaker, CircuitBreakerError

T = TypeVar("T")

LIBRARY = "any"
KIND = "package"
REQUIRES = ("circuitbreaker>=2.1.3",)
KNOWN_FAILURES = (
    (
        "one_probe_at_a_time",
        "",
        "2.1.3: when the recovery is over, everybody is let through until one of them has ended",
    ),
    ("late_outcome_changes_nothing", "", "2.1.3: a success of any time closes it, also while it is open"),
    (
        "cancelled_call_is_no_success",
        "",
        "2.1.3: whatever is no Exception ends as a success: it starts the count anew, and closes what is half-open",
    ),
    ("who_gives_up_has_seen_a_failure", "", "2.1.3: a call that is cancelled by a timeout counts as a success"),
)

RejectedError = CircuitBreakerError


async def ask(function: Callable[[], Awaitable[T]]) -> T:
    return await function()


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self.call: Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
        self.call = CircuitBreaker(failures, recovery)(ask)  # `@` does the same


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Breaker]:  # noqa: ARG001
    yield Breaker(failures, recovery)
