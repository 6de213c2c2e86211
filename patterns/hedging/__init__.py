"""Ask another when one is slow or fails.

A source is a coroutine function without arguments that asks one of several for the same answer: a replica, a mirror, a
provider. The caller lists them, the best one first, and wants one answer. ``fallback`` asks the next when one has
failed. ``hedge`` also asks the next when ``delay`` seconds have passed since the last was asked, and lets all of them
go on: whoever answers first wins, as in "hedged requests" and "happy eyeballs". ``race`` asks all at once.

Everybody relies on these: who breaks one is unsafe, however fast.

- The result is what the first source that answers has returned, be it None, zero or an exception object. Who fails
  before or after it changes nothing.
- Sources are asked in their order, each once, and nobody without a reason: the next when one has failed, with ``hedge``
  when the delay has passed, too, and nobody once there is an answer. An answer that takes an hour is waited for, once
  there is nobody else to ask.
- When all have failed the call fails, with the error of one of them at least, bare, in an ``ExceptionGroup`` or as
  the cause of another error.
- When there is an answer the losers are cancelled. What they still answer or raise changes nothing.
- A cancelled caller is cancelled, and soon: it gets neither an answer nor an error, asks nobody more, and its sources
  are cancelled, too. So it is under a deadline, after which the call can be made again, and in a task group that is
  being stopped. Nothing cancels a caller whom nobody has cancelled.
- A source may set deadlines, try several times, and make such a call itself. It sees the context variables of its
  caller. Calls know nothing of each other.
- Nothing complains, a call never holds up the loop, and what is over takes no memory that is never given back.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- closes what its sources use as soon as it has the answer (``tidy``): however a call ends, every source that was asked
  has finished by then, its clean-up included. Who only cancels them closes a connection that a loser still writes to.
- takes the late answer of a slow source rather than none (``keep``): the slow one stays in the race when the next is
  asked. A chain of timeouts gives each source so much time and no more; it fails when all are slow, and that is the
  hour in which an answer is wanted most.
- has sources that fail fast, and wants the next one then (``prompt``): ``hedge`` does not wait for the delay when the
  source that it asked last has failed, and a call in which all have failed ends.

Some need these, and tick them. My program ...

- wants to know why each source failed (``all-errors``): all errors of a failed call reach the caller, in a group or as
  causes of each other.
- has sources whose clean-up may fail while they are cancelled (``clean-up``): the error is not taken for one more
  failure, so that a cancelled caller is cancelled all the same.
- has sources that raise what must end the program (``exits``): what is no ``Exception`` is no failure of a source. It
  reaches the caller, and nobody is asked in its stead.

Nobody is held to, but it is disclosed: whether each source has a task of its own, or the first runs in that of its
caller, who then sees the context variables that it sets; whether its clean-up may wait without a shield; and whether
its error comes as it was raised or as the cause of another. Nor to: whether a source begins before the call waits for
the first time; which of two answers in one turn wins, and that the other one is dropped; whether the failure of an
earlier source hastens the next one; what happens when a source raises the library's own cancellation by itself. There
is at least one source.
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

GROUP = "survive trouble"
NEIGHBOURS = (
    ("breakers", "stop asking a source that is down"),
    ("fan_out", "collect the answers of all, or of the first few"),
    ("caches", "answer from memory while the source is slow"),
    ("rate_limits", "bound how often a source is asked at all"),
)
NEEDS = (
    ("tidy", "closes what its sources use as soon as it has the answer", True),
    ("keep", "takes the late answer of a slow source rather than none", True),
    ("prompt", "has sources that fail fast, and wants the next one then", True),
    ("all-errors", "wants to know why each source failed", False),
    ("clean-up", "has sources whose clean-up may fail while they are cancelled", False),
    ("exits", "has sources that raise what must end the program", False),
)

T = TypeVar("T")

Source = Callable[[], Coroutine[Any, Any, T]]


class Family(Protocol):
    """What a module of this family may define; each function is optional."""

    async def hedge(self, sources: Sequence[Source[T]], delay: float) -> T:
        """The first answer; the next source is asked when one has failed or ``delay`` seconds have passed."""

    async def race(self, sources: Sequence[Source[T]]) -> T:
        """The first answer of sources that are all asked at once."""

    async def fallback(self, sources: Sequence[Source[T]]) -> T:
        """The answer of the first source that does not fail; no two are asked at a time."""
