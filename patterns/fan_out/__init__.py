"""Run many jobs at once and collect their results.

A job is a coroutine function without arguments: a request to send, a file to fetch. There are many of them, and the
caller wants all results, or all results with at most ``limit`` jobs running, or the first ``count`` results. How the
jobs run is the alternative's own affair: a task each, a few workers that share the work, or a stream.

Promised unless an alternative's ``CAVEATS`` say otherwise:

- Every job runs exactly once, jobs run at the same time, and ``collect`` and ``collect_bounded`` give the results in
  the order of the jobs.
- ``collect_bounded`` never has more than ``limit`` jobs running, and as long as there are more jobs it does not settle
  for fewer. It takes a job from ``jobs`` when there is room for it, at most one ahead, so ``jobs`` may be endless.
- ``first`` gives the results of the jobs that finished first, in that order; jobs that finish within a few turns of the
  loop may change places. The other jobs are cancelled. With fewer than ``count`` jobs it gives what there is.
- When a job fails, or the iterator of the jobs, the others are cancelled, and no further job is started once that has
  been noticed, which takes a few turns.
- However a call ends, by result, by error or because its caller was cancelled, every job that was started has finished
  by then, its clean-up included. Nothing is left behind: no task, no cancellation, no warning.
- What jobs raise reaches the caller, bare or in an ``ExceptionGroup``, and nothing else does; when several jobs fail,
  all of it, once, and what they raise while they are being stopped.
- A cancelled caller is cancelled: it neither gets a result nor goes on as if nothing had happened. A caller that nobody
  cancelled can go on, and call again.
- A job sees the context variables of the caller; those that it sets are seen by no other job and not by the caller.
- A job may make such a call itself, and set deadlines for what it waits for.

Not promised: whether a job has a task of its own; whether its clean-up may wait without a shield; whether jobs begin
before the call waits for the first time; which of two outcomes wins when a job fails in the turn in which the caller is
cancelled, as long as the caller learns of its cancellation by its next wait; what happens when a job raises the
library's own cancellation by itself.
``limit`` and ``count`` are at least one.
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
