"""Try again what fails for a moment.

A connection is reset, a server restarts, a row is locked: the same call would succeed a moment later.
``retrying(on, attempts, first, longest)`` decorates a coroutine function: whoever calls it gets the first answer, or
the error of the last attempt. Only errors of the types ``on`` are tried again, ``attempts`` calls are made at most, and
between two of them it waits: about ``first`` seconds at first, twice as long after each further failure, never longer
than ``longest``; chance may shorten a wait or add to it. Three shapes of it stand beside this one:
``retrying_all_but`` names the errors that are not tried again, ``retrying_within`` has a time instead of a number, and
``counting`` tells how many attempts an answer took.

Everybody relies on these: who breaks one is unsafe, however fast.

- The call is made with the caller's arguments, its answer is what it returned, and it is not made again after that.
- No more attempts than allowed are made, and as many where each fails; calls do not share their attempts, be they under
  way at the same time, one inside the other, or methods of several objects.
- What is not to be tried again reaches the caller at once. After the last attempt its error does, bare or as the cause
  of what is raised.
- A cancelled caller is cancelled, soon: no cancellation, whether direct, of a deadline around the call or of a task
  group, becomes a retry, an answer or an error. The call can be made again after a deadline, and a deadline within an
  attempt is an error like any other.
- One attempt at a time: the one before has ended, its clean-up included, when the next begins or the call ends.
- With a time instead of a number, attempts are made while there is time, and they come to an end after it.
- Nothing complains, nothing is left behind, no memory either, and a wait never holds up the loop.

Most programs need these, so that they are ticked until a reader unticks one. My program ...

- gives the other side time to recover (``paced``): each wait is longer than the one before, up to the longest, whoever
  else is waiting, and after the last attempt there is none. It is what a retry is for: a busy server that is asked
  again at once is busier.

Some need these, and tick them. My program ...

- has many callers who fail at the same moment (``spread``): they do not come back at the same moment. Most write a loop
  without chance first, and it does for a few callers.
- may not take longer than it says, a hanging attempt included (``in-time``): most packages look at the clock between
  attempts, and say so.
- tries again what may raise while it is being cancelled (``clean-up``): a clean-up that fails takes the place of the
  cancellation; no further attempt is made for a caller who is gone. On Trio and with scopes of AnyIO the next wait
  ends by it anyhow.
- calls what raises exception groups (``groups``): a group of nothing but errors that are to be tried again is tried
  again, one with another in it is not. ``except`` and ``isinstance`` know no groups.
- goes on trying through a long outage (``outage``): after a thousand failures the next wait can still be worked out.
- asks how often it tried, or why the last attempt failed (``report``): of its own call, whoever else calls meanwhile,
  and with the cause that the error had.

Nobody is held to, but it is disclosed: whether attempts run in the caller's own task, and whether the decorated
function is still a coroutine function to frameworks. Nor to: which of two outcomes wins when an attempt fails in the
turn in which its caller is cancelled; what happens when an attempt raises the library's own cancellation by itself; how
chance is used. ``attempts`` is at least two, and ``longest`` at least ``first``; where both are zero, a wait gives the
loop a turn, or not even that.
"""

from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, Protocol, TypeVar

GROUP = "survive trouble"
NEIGHBOURS = (
    ("breakers", "stop asking what is down for longer than a moment"),
    ("fan_out", "run many calls at a time, and see all of their errors"),
    ("rate_limits", "ask so seldom that the other side need not refuse"),
    ("caches", "answer from memory while the other side is down"),
)
NEEDS = (
    ("paced", "gives the other side time to recover", True),
    ("spread", "has many callers who fail at the same moment", False),
    ("in-time", "may not take longer than it says, a hanging attempt included", False),
    ("clean-up", "tries again what may raise while it is being cancelled", False),
    ("groups", "calls what raises exception groups", False),
    ("outage", "goes on trying through a long outage", False),
    ("report", "asks how often it tried, or why the last attempt failed", False),
)

P = ParamSpec("P")
T = TypeVar("T")

Function = Callable[P, Coroutine[Any, Any, T]]
Errors = tuple[type[Exception], ...]


class Retrying(Protocol):
    """A decorator: the same function, tried again."""

    def __call__(self, function: Function[P, T], /) -> Function[P, T]:
        """What to call in its place."""


class Counting(Protocol):
    """A decorator: the same function, tried again, with the number of attempts beside each answer."""

    def __call__(self, function: Function[P, T], /) -> Function[P, tuple[T, int]]:
        """What to call in its place."""


class Family(Protocol):
    """What a module of this family defines: ``retrying``, and where it can the others; times are in seconds."""

    def retrying(self, on: Errors, attempts: int, first: float, longest: float) -> Retrying:
        """Try errors of these types again, with at most so many attempts."""

    def retrying_all_but(self, fatal: Errors, attempts: int, first: float, longest: float) -> Retrying:
        """Try all errors again but those of these types."""

    def retrying_within(self, on: Errors, seconds: float, first: float, longest: float) -> Retrying:
        """Try again as long as there is time; TimeoutError or the last error when it is up."""

    def counting(self, on: Errors, attempts: int, first: float, longest: float) -> Counting:
        """As ``retrying``, and each answer comes with how many attempts it took."""
