"""fluxgate: `AsyncCircuitBreaker`, whose rules are put together: a streak of failures, one probe.

Choose it when the rule is more than a count: a rate over a window, slow calls, a recovery that ramps up.
It costs microseconds per call, and the hour: it reads the time of day.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fluxgate import AsyncCircuitBreaker
from fluxgate.errors import CallNotPermittedError
from fluxgate.permits import All
from fluxgate.retries import Cooldown
from fluxgate.trippers import Closed, FailureStreak, HalfOpened
from fluxgate.windows import CountWindow

LIBRARY = "asyncio"
KIND = "package"
REQUIRES = ("fluxgate>=0.9.4",)
KNOWN_FAILURES = (
    (
        "late_outcome_changes_nothing",
        "",
        "0.9.4: once it has closed again, failures of calls that began before the outage count (documented for one)",
    ),
    ("who_gives_up_has_seen_a_failure", "", "0.9.4: a cancelled call is counted as neither, however long it took"),
    ("time_of_day_does_not_matter", "", "0.9.4: the recovery is measured by time.time"),
)

RejectedError = CallNotPermittedError


@asynccontextmanager
async def breaker(failures: int, recovery: float, patience: float) -> AsyncIterator[AsyncCircuitBreaker]:  # noqa: ARG001
    yield AsyncCircuitBreaker(
        window=CountWindow(failures),
        tripper=(Closed() & FailureStreak(failures)) | (HalfOpened() & FailureStreak(1)),
        retry=Cooldown(recovery),
        permit=All(),
        max_half_open_calls=1,
    )
