"""Do no more than so much in any period.

Callers that know nothing of each other ask before they act: ``await limiter.acquire()`` returns when the caller may go
ahead. Two shapes of it stand beside this one: ``weighted_limiter`` opens a limiter whose callers ask for several
permits at once, and ``run_paced`` starts jobs that are all known beforehand.

Everybody relies on these: who breaks one is unsafe, however fast.

- In the long run no more is given than the limit allows, be it by callers or by the jobs of ``run_paced``: two periods'
  permits at most, and then the pace.
- A caller that is cancelled, or whose timeout fires, leaves at once and takes no permit with it: the next is served
  when it would have been served.
- Limiters know nothing of each other, and the time of day does not matter.
- ``run_paced`` does every job once and waits for them all; the first error, or a cancellation, ends it, and it leaves
  no job behind.
- Leaving the context ends whatever the limiter started, and whoever still waits then gets through in time, or an error.
  Nothing complains, and an acquire never holds up the loop.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- serves first come, first served (``order``): nobody overtakes a caller who waits, and jobs start in their order. Else
  some wait for as long as others come.
- wants all that is allowed, at up to 50 permits a second (``use``): at least 95 % of it while callers wait, however
  long jobs take, and the first permit at once, also on a clock that has just begun to count. That is the pace of most
  APIs, and a slower import is a longer one.
- uses it again in another loop, as tests do (``loops``): works or raises. Every test has a loop of its own.

Some need these, and tick them. My program ...

- may never exceed the limit in any window, not even by a burst (``hard-limit``): no more than ``rate`` permits within
  any ``period`` seconds, wherever it begins. A bucket is documented to give a burst on top of its pace, and most sides
  forgive one.
- has a limit above 50 a second, and wants all of it (``fast``): 95 % of thousands per second in periods of 50 ms or
  more (in shorter ones, timers are late by too large a part of them), and few wakings for each permit. Timers are a
  millisecond late, so that a timer for each permit is right at an API's pace, and half of that is lost here.
- asks for several permits at once (``weights``): who wants many gets its turn, and more than ``rate`` raise
  ``ValueError``.
- has many waiters for a long time (``idle``): waiting costs no processor time, whatever the number of callers.

Nobody is held to, but it is disclosed: whether permits that nobody used are given at once or spread over the period,
whether an ``acquire`` that need not wait gives other tasks a turn, what becomes of one that comes too late, and whether
the error of a job comes as it was raised or as the cause of another.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

GROUP = "limit"
NEIGHBOURS = (
    ("fan_out", "bound how many run at a time instead of how many start per second"),
    ("batching", "make fewer calls instead of slower ones"),
    ("caches", "avoid calls for what is known already"),
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
