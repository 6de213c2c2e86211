"""Do no more than so much in any period.

Callers that know nothing of each other ask before they act: ``await limiter.acquire()`` returns when the caller may go
ahead. Two shapes of it stand beside this one: ``weighted_limiter`` opens a limiter whose callers ask for several
permits at once, and ``run_paced`` starts jobs that are all known beforehand.

Promised unless an alternative's ``CAVEATS`` say otherwise:

- Within any ``period`` seconds, wherever it begins, no more than ``rate`` permits are given, also after a pause.
- While callers wait, the limit is used: at least 95 % of what it allows, from a few per minute to thousands per second,
  in periods of 50 ms or more; in shorter ones, timers are late by too large a part of them.
- First come, first served: nobody overtakes a caller who waits, and a caller who wants many permits gets its turn.
- A caller that is cancelled, or whose timeout fires, leaves at once and takes no permit with it: the next is served
  when it would have been served.
- Waiting costs no processor time, whatever the number of callers.
- Limiters know nothing of each other, and the time of day does not matter: only a clock that never jumps is read.
- Nobody waits for ever: more permits at once than ``rate`` raise ``ValueError``, and a second loop that uses the
  limiter after the first has finished works or raises.
- ``run_paced`` starts the jobs in their order, waits for them all, lets the first error end it, and leaves none behind.
- Leaving the context ends whatever the limiter started, and whoever still waits then gets through or an error.

Not promised, but disclosed: whether permits that nobody used are given at once or spread over the period, and whether
an ``acquire`` that need not wait gives other tasks a turn.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

GROUP = "limit"
NEIGHBOURS = (
    ("fan_out", "bound how many run at a time instead of how many start per second"),
    ("batching", "make fewer calls instead of slower ones"),
    ("caches", "do not call at all for what is known already"),
)
NEEDS = (
    ("order", "serves first come, first served", True),
    ("use", "wants all that is allowed, at up to 50 permits a second", True),
    ("loops", "uses it again in another loop, as tests do", True),
    ("hard-limit", "may never exceed the limit in any window, not even by a burst", False),
    ("fast", "has a limit above 50 a second, and wants all of it", False),
    ("weights", "asks for several permits at once", False),
    ("idle", "has many waiters for a long time", False),
)

Job = Callable[[], Awaitable[None]]


class Limiter(Protocol):
    """One permit per call."""

    def acquire(self) -> Awaitable[None]:
        """Wait until the limit allows one more; a coroutine function will do as well."""


class WeightedLimiter(Protocol):
    """Some permits per call."""

    def acquire(self, permits: int, /) -> Awaitable[None]:
        """Wait until the limit allows ``permits`` more; ValueError if it never will."""


class Family(Protocol):
    """What a module of this family defines: ``limiter``, and where it can the other two."""

    def limiter(self, rate: int, period: float) -> AbstractAsyncContextManager[Limiter]:
        """Open a limiter of ``rate`` permits in any ``period`` seconds; leaving the context closes it."""

    def weighted_limiter(self, rate: int, period: float) -> AbstractAsyncContextManager[WeightedLimiter]:
        """The same, for callers who ask for several permits at once."""

    async def run_paced(self, jobs: Sequence[Job], rate: int, period: float) -> None:
        """Start no more than ``rate`` of the jobs in any ``period`` seconds, and return when all are done."""
