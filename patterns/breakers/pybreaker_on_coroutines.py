"""A trap: pybreaker's `CircuitBreaker` as a decorator of coroutine functions. It never opens.

Choose it when functions are synchronous, and never for others: it hears that the coroutine was made, which always
succeeds, and nothing of how it ends. `pybreaker_calling` is how it sees more.
It costs what one believes to have: the service that is down is asked again and again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from pybreaker import CircuitBreaker, CircuitBreakerError

T = TypeVar("T")

LIBRARY = "any"
KIND = "trap"
REQUIRES = ("pybreaker>=1.4.1",)
KNOWN_FAILURES = (
    ("opens_after_failures", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    (
        "waits_until_the_recovery_is_over",
        "",
        "1.4.1: it sees how the coroutine is made, not how it ends, and never opens",
    ),
    ("rejections_prolong_nothing", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    (
        "deadlines_inside_are_the_calls_own",
        "",
        "1.4.1: it sees how the coroutine is made, not how it ends, and never opens",
    ),
    ("gates_are_independent", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    ("what_is_rejected_is_forgotten", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    ("one_probe_at_a_time", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    ("late_outcome_changes_nothing", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    ("rejected_means_not_made", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    ("cancelled_call_is_no_success", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
    (
        "who_gives_up_has_seen_a_failure",
        "",
        "1.4.1: it sees how the coroutine is made, not how it ends, and never opens",
    ),
    ("time_of_day_does_not_matter", "", "1.4.1: it sees how the coroutine is made, not how it ends, and never opens"),
)

RejectedError = CircuitBreakerError


async def ask(function: Callable[[], Awaitable[T]]) -> T:
    return await function()


class Breaker:
    def __init__(self, failures: int, recovery: float) -> None:
        self.call = CircuitBreaker(fail_max=failures, reset_timeout=recovery)(ask)  # `@` does the same


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[Breaker]:  # noqa: ARG001
    yield Breaker(failures, recovery)
