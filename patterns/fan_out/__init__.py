"""Run many jobs at once and collect their results.

A job is a coroutine function without arguments: a request to send, a file to fetch. There are many of them, and the
caller wants all results, or all results with at most ``limit`` jobs running, or the first ``count`` results. How the
jobs run is the alternative's own affair: a task each, a few workers that share the work, or a stream.

Everybody relies on these: who breaks one is unsafe, however fast.

- Every job runs exactly once, and the results of ``collect`` and ``collect_bounded`` are in the order of the jobs.
- ``collect_bounded`` never has more than ``limit`` jobs running.
- ``first`` gives the results of the jobs that finished first, in that order; jobs that finish within a few turns of the
  loop may change places. With fewer than ``count`` jobs it gives what there is.
- What a job, or the iterator of the jobs, raises reaches the caller: bare, in an ``ExceptionGroup``, or as the cause of
  what does.
- A cancelled caller is cancelled: it neither gets a result nor waits for work that nobody wants. A call that ran into a
  deadline can be made again.
- A job may set deadlines for what it waits for, and may take an hour.
- Nothing complains, a call never holds up the loop, and what is over takes no memory that is never given back.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- wants jobs to run at the same time (``together``): all jobs of ``collect`` and ``first`` do. It is what the call is
  for; one after the other is a choice.
- stops the others when one job fails, and lets nothing run on (``stop``): they are cancelled, and no further job is
  started once that has been noticed, which takes a few turns. However a call ends, by result, by error or because its
  caller was cancelled, every job that was started has finished by then, its clean-up included. Whoever handles the
  error closes what jobs use; ``gather`` is documented to let them run on, and competes for who wants that.

Some need these, and tick them. My program ...

- wants every error, not only the first (``all-errors``): when several jobs fail, all of it, once, and what they raise
  while they are being stopped.
- handles errors of jobs and goes on, though it may be cancelled meanwhile (``recovery``): it still learns of its
  cancellation by its next wait, nothing cancels a caller that nobody cancelled, and jobs may make such calls
  themselves.
- takes jobs from an endless or costly iterator (``endless``): a job is taken when there is room for it, at most one
  ahead.
- keeps the limit full although jobs take unlike times (``full-use``): as long as there are more jobs, ``limit`` run.
- has jobs that set context variables (``context``): a job sees those of the caller; what it sets is seen by no other
  job and not by the caller.

Nobody is held to, but it is disclosed: whether a job has a task of its own, whether its clean-up may wait without a
shield, and whether its error comes as it was raised or as the cause of another. Nor to: whether jobs begin before
the call waits for the first time; which of two outcomes wins when a job fails in the turn in which the caller is
cancelled; what happens when a job raises the library's own cancellation by itself. ``limit`` and ``count`` are at least
one.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Protocol, TypeVar

GROUP = "run many"
NEIGHBOURS = (
    ("batching", "answer many callers with few calls"),
    ("callbacks", "call the same handlers for every event"),
    ("rate_limits", "bound how many start per second"),
    ("locks", "let jobs change what they share"),
)
NEEDS = (
    ("together", "wants jobs to run at the same time", True),
    ("stop", "stops the others when one job fails, and lets nothing run on", True),
    ("all-errors", "wants every error, not only the first", False),
    ("recovery", "handles errors of jobs and goes on, though it may be cancelled meanwhile", False),
    ("endless", "takes jobs from an endless or costly iterator", False),
    ("full-use", "keeps the limit full although jobs take unlike times", False),
    ("context", "has jobs that set context variables", False),
)

T = TypeVar("T")

Job = Callable[[], Coroutine[Any, Any, T]]


class Family(Protocol):
    """What a module of this family may define; each function is optional."""

    async def collect(self, jobs: Iterable[Job[T]]) -> list[T]:
        """All results, in the order of the jobs."""

    async def collect_bounded(self, jobs: Iterable[Job[T]], limit: int) -> list[T]:
        """All results, in the order of the jobs, from at most ``limit`` jobs at a time."""

    async def first(self, jobs: Iterable[Job[T]], count: int) -> list[T]:
        """The first ``count`` results, in the order in which the jobs finished."""
